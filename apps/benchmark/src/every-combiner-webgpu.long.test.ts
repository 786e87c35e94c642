import { startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeCombiners, variants } from './testing/every-combiner.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeCombiners(variants, startWebgpu));
