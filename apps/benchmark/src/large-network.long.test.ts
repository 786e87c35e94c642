import { startWasm, startWebgpu } from '@scalpel/backends';
import { plugin } from '@scalpel/backends/choose';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeLargeNetwork } from './testing/large-network.ts';

const asked = process.env.VK_DRIVER_FILES !== undefined;
const missing = (await webgpuMissing()) ?? (await tooSlow());

describe('on wasm', () => describeLargeNetwork(startWasm));
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeLargeNetwork(startWebgpu));

/** The reason to skip the test, if a processor stands in for a GPU: one step would take a minute or two. */
async function tooSlow(): Promise<string | undefined> {
  const { emulated } = await plugin.backends!.find(({ id }) => id === 'webgpu')!.probe();
  if (!emulated || asked) return undefined;
  return `WebGPU is emulated here and slow: VK_DRIVER_FILES=${process.env.VK_DRIVER_FILES} runs this all the same.`;
}
