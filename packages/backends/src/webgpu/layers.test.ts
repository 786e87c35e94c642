import { describe } from 'vitest';
import { webgpuMissing } from '../testing/driver.ts';
import { describeLayers } from '../testing/layers.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeLayers(startWebgpu));
