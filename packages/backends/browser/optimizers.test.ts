import { describe } from 'vitest';
import { startWebgl, startWebgpu } from '../src/index.ts';
import { describeOptimizers } from '../src/testing/optimizers.ts';

describe('on WebGL', () => describeOptimizers(startWebgl));
describe('on WebGPU', () => describeOptimizers(startWebgpu));
