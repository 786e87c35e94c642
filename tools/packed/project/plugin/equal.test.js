import '@tensorflow/tfjs';
import { describeCombiner } from '@scalpel/core/testing';
import { definition, equal } from './equal.js';

describeCombiner(() => equal(), { guarantees: definition.guarantees });
