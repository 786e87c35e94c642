import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plugin } from '@scalpel/backends/choose';
import { expect, test } from 'vitest';
import { scalpel } from './testing/scalpel.ts';

const suite = fileURLToPath(new URL('testing/one-epoch.ts', import.meta.url));
const { works, detail, next } = await plugin.backends!.find(({ id }) => id === 'node')!.probe();

/** The losses of a suite that has run on this backend from the command line. */
async function losses(backend: string, store: string): Promise<readonly number[]> {
  const given = [suite, '--backend', backend, '--store', store, '--json'];
  const ran = await scalpel(['run', ...given, '--workers', '1']);
  expect({ status: ran.status, stderr: ran.stderr }).toMatchObject({ status: 0 });
  const { boards } = JSON.parse((await scalpel(['leaderboard', ...given])).stdout);
  return boards[0].rows[0].settings[0].points.train.mean;
}

test.skipIf(!works)(
  `an epoch of MNIST ends on node where it ends on wasm${works ? '' : `: ${detail}. ${next}`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scalpel-'));
    try {
      const store = join(folder, 'store.sqlite');
      const [expected, actual] = [await losses('wasm', store), await losses('node', store)];
      expect(actual).toHaveLength(2);
      for (const [axis, loss] of actual.entries()) expect(loss / expected[axis]!).toBeCloseTo(1, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
