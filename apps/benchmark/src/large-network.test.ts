import { startWasm, startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeLargeNetwork } from './testing/large-network.ts';

const missing = await webgpuMissing();

describe('on wasm', () => describeLargeNetwork(startWasm));
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeLargeNetwork(startWebgpu));
