import { startCpu, startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { test } from 'vitest';
import { expectSame, trained } from './testing/language-model.ts';

const missing = await webgpuMissing();

test.skipIf(missing)('the language model trains on WebGPU as on cpu', async () => {
  const onCpu = await trained(startCpu);
  expectSame(await trained(startWebgpu), onCpu);
});
