import { describe } from 'vitest';
import { startWasm, startWebgl, startWebgpu } from '../src/index.ts';
import { describeLayers } from '../src/testing/layers.ts';

describe('on WebGPU', () => describeLayers(startWebgpu));
describe('on WebGL', () => describeLayers(startWebgl));
describe('on wasm', () => describeLayers(startWasm));
