import { describe } from 'vitest';
import { startCpu } from './cpu.ts';
import { webgpuMissing } from './testing/driver.ts';
import { describeOptimizers } from './testing/optimizers.ts';
import { startWasm } from './wasm/start.ts';
import { startWebgpu } from './webgpu/start.ts';

const missing = await webgpuMissing();

describe('on cpu', () => describeOptimizers(startCpu));
describe('on wasm', () => describeOptimizers(startWasm));
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeOptimizers(startWebgpu));
