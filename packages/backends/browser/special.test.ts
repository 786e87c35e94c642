import { describe } from 'vitest';
import { startCpu } from '../src/cpu.ts';
import { startWasm, startWebgl, startWebgpu } from '../src/index.ts';
import { describeSpecial } from '../src/testing/special.ts';

describe('on WebGPU', () => describeSpecial(startWebgpu));
describe('on WebGL', () => describeSpecial(startWebgl));
describe('on wasm', () => describeSpecial(startWasm));
describe('on cpu', () => describeSpecial(startCpu));
