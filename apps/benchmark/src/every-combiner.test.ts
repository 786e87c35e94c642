import { startCpu, startWasm } from '@scalpel/backends';
import { describe } from 'vitest';
import { describeEveryCombiner } from './testing/every-combiner.ts';

describe('on wasm', () => describeEveryCombiner(startWasm));
describe('on cpu', () => describeEveryCombiner(startCpu));
