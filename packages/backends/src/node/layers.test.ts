import { describe } from 'vitest';
import { describeLayers } from '../testing/layers.ts';
import { tensorflowMissing } from '../testing/tensorflow.ts';
import { startNode } from './definition.ts';

describe.skipIf(tensorflowMissing)(tensorflowMissing ?? 'on libtensorflow', () => describeLayers(startNode));
