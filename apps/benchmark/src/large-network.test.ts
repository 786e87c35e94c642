import { plugin, startWasm, startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeLargeNetwork } from './testing/large-network.ts';

const missing = (await webgpuMissing()) ?? (await tooSlow());

describe('on wasm', () => describeLargeNetwork(startWasm));
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeLargeNetwork(startWebgpu));

/** A processor that stands in for a GPU needs a minute or two for the step. */
async function tooSlow(): Promise<string | undefined> {
  if (process.env.SCALPEL_BACKEND === 'webgpu') return undefined;
  const { emulated } = await plugin.backends!.find(({ id }) => id === 'webgpu')!.probe();
  return emulated
    ? 'WebGPU is emulated here and slow. SCALPEL_BACKEND=webgpu runs this all the same.'
    : undefined;
}
