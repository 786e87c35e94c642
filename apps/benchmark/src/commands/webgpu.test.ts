import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webgpuMissing } from '@scalpel/backends/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scalpel } from '../testing/scalpel.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scalpel-webgpu-'));
    const suite = (id: string, task: string, options: object, seeds: number[]) =>
      writeFileSync(
        join(folder, `${id}.mjs`),
        `export default ${JSON.stringify({
          id,
          title: id,
          summary: 'A valley.',
          entries: [
            {
              task,
              options,
              seeds,
              axes: [
                { objective: 'main', reference: 1 },
                { objective: 'side', reference: 10 },
              ],
              methods: [{ label: 'Bloop', combiner: 'bloop' }],
            },
          ],
        })}`,
      );
    suite('lost', 'lost-device', { marker: join(folder, 'marker') }, [0, 1]);
    suite('shared', 'valley', {}, [0, 1, 2, 3]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const plugins = {
    lost: fileURLToPath(new URL('../testing/lost-device.ts', import.meta.url)),
    shared: fileURLToPath(new URL('../testing/plugin.ts', import.meta.url)),
  };
  const run = (suite: keyof typeof plugins, ...given: string[]) =>
    scalpel(['run', `./${suite}.mjs`, '--backend', 'webgpu', '--plugin', plugins[suite], ...given], {
      cwd: folder,
    });

  test('a device lost in the middle fails that run with its reason, the next has a new device, and the same command repeats the lost one', async () => {
    const first = await run('lost', '--workers', '1');
    expect(first.stdout).toMatch(/failed .*seed 0: The WebGPU device was lost \(destroyed/);
    expect(first.stdout).toMatch(/finished .*seed 1/);
    expect(first.stdout).toContain('1 runs failed. The same command tries them again.');
    expect(first.status).toBe(1);

    const second = await run('lost', '--workers', '1');
    expect(second.stdout).toMatch(/finished .*seed 0/);
    expect(second.stdout).not.toContain('seed 1');
    expect(second.status).toBe(0);
  });

  test('two processes train on one device', async () => {
    const { stdout, status } = await run('shared', '--workers', '2');
    expect(stdout.match(/finished/g)).toHaveLength(4);
    expect(status).toBe(0);
  });
});
