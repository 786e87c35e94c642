import { describe, expect, test } from 'vitest';
import { checkBackend, startCpu, startWasm, startWebgpu } from '../index.ts';
import { webgpuMissing } from '../testing/driver.ts';

const missing = await webgpuMissing();
const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => 1000 * (i + 1));

async function findings(start: () => Promise<void>, count: number): Promise<string[]> {
  const reports: string[] = [];
  for (const seed of seeds(count)) {
    await start();
    const { findings } = await checkBackend({ seed });
    reports.push(...findings.map(({ report }) => report));
  }
  return reports;
}

test.each([
  ['cpu', startCpu],
  ['wasm', startWasm],
])('checks of %s pass, whatever the seed', async (_name, start) => {
  expect(await findings(start, 20)).toEqual([]);
});

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  test('checks pass, whatever the seed', async () => {
    expect(await findings(startWebgpu, 1)).toEqual([]);
  });
});
