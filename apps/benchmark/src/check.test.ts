import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '@scalpel/bench/sweep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scalpel } from './testing/scalpel.ts';

const path = (name: string) => fileURLToPath(new URL(`testing/${name}.ts`, import.meta.url));

let folder = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-check-')));
});

afterAll(() => rmSync(folder, { recursive: true }));

const doctor = (...given: string[]) =>
  scalpel(['doctor', ...given, '--plugin', path('backends')], { cwd: folder });

describe('doctor --check', () => {
  test('says of a backend that is right what was compared, with a line for each kind', async () => {
    const { status, stdout, stderr } = await doctor('--check', 'wasm');
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 4).map((line) => line.replace(/, \d+ of.*/, ''))).toEqual([
      'wasm: kernels',
      'wasm: gradients',
      'wasm: passes over rows',
      'wasm: trainings',
    ]);
    expect(lines[4]).toMatch(
      /^wasm is right: \d+ kernels, \d+ gradients, 20 passes over rows and 20 trainings/,
    );
    expect(status).toBe(0);
  });

  test('names what is wrong, with a report and what to do', async () => {
    const { status, stdout } = await doctor('--check', 'wrong');
    expect(stdout).toContain('wrong is wrong: ');
    expect(stdout).toContain('. Tanh is wrong on the backend wrong\n');
    expect(stdout).toMatch(/Came out: {2}element 0 is /);
    expect(stdout).toMatch(/Device: {4}a backend of the tests\n/);
    expect(stdout).toContain('→ Until it is right, train on another backend');
    const remembered = JSON.parse(readFileSync(join(folder, '.scalpel/checks.json'), 'utf8'));
    expect(remembered).toContainEqual(expect.objectContaining({ backend: 'wrong', passed: false }));
    expect(status).toBe(1);
  });

  test('--json holds the findings, and progress goes to standard error', async () => {
    const { status, stdout, stderr } = await doctor('--check', 'wrong', '--json', '--seed', '5');
    const { seed, backends } = JSON.parse(stdout);
    expect(seed).toBe(5);
    expect(backends).toMatchObject([{ id: 'wrong', works: true, check: { seed: 5, passed: false } }]);
    expect(backends[0].check.findings).toContainEqual(
      expect.objectContaining({ kind: 'kernel', name: 'Tanh', report: expect.stringContaining('Tanh') }),
    );
    expect(stderr).toContain('wrong: trainings');
    expect(status).toBe(1);
  });

  test('says what a process computed that its backend has ended', async () => {
    const { status, stdout } = await doctor('--check', 'dying');
    expect(stdout).toContain('dying did not survive its check. Its process ended in kernel Cosh (SIGKILL).');
    expect(status).toBe(1);
  });

  test.each([
    [['--check', 'webgl'], 1, 'stdout', 'webgl does not work here: WebGL is there in browsers alone.'],
    [['--check', 'wsm'], 1, 'stderr', 'There is no backend "wsm". Did you mean "wasm"?'],
    [['--check', 'wasm', '--seed', '-1'], 2, 'stderr', '--seed'],
    [['wasm'], 2, 'stderr', 'takes "wasm" with --check alone: scalpel doctor --check wasm'],
    [['--seed', '2'], 2, 'stderr', 'takes --seed with --check alone'],
  ] as const)('%s has status %i', async (given, status, stream, words) => {
    const result = await doctor(...given);
    expect(result.status).toBe(status);
    expect(result[stream]).toContain(words);
  });
});

describe('a record', () => {
  const suite = path('suite');
  const plugin = ['--plugin', path('plugin')];

  /** The check in the records of a suite that runs again. */
  async function checked(store: string): Promise<unknown[]> {
    const { status } = await scalpel(['run', suite, '--seeds', '1', '--store', store, ...plugin], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const { stdout } = await scalpel(
      ['run', suite, '--seeds', '1', '--store', store, '--dry-run', '--json', ...plugin],
      {
        cwd: folder,
      },
    );
    const keys = (JSON.parse(stdout).runs as { readonly key: string }[]).map(({ key }) => key);
    const opened = await openStore(join(folder, store));
    const records = await opened.records(keys);
    await opened.close();
    expect(records.length).toBeGreaterThan(0);
    return [...new Set(records.map(({ environment }) => JSON.stringify(environment.checked)))].map((text) =>
      JSON.parse(text!),
    );
  }

  test('says when its backend was checked, or that it was not', async () => {
    const file = join(folder, '.scalpel/checks.json');
    rmSync(file, { force: true });
    expect(await checked('never.sqlite')).toEqual([null]);

    expect((await doctor('--check', 'wasm')).status).toBe(0);
    const [check] = JSON.parse(readFileSync(file, 'utf8'));
    expect(check).toMatchObject({ backend: 'wasm', passed: true });
    expect(await checked('passed.sqlite')).toEqual([{ passed: true, when: check.when }]);

    // Another driver or another version needs a new check.
    for (const change of [{ detail: 'another' }, { version: 99 }, { tfjs: '4.0.0' }, { backends: '9.9.9' }]) {
      writeFileSync(file, JSON.stringify([{ ...check, ...change }]));
      const { rememberedCheck } = await import('./checks.ts');
      const before = process.cwd();
      process.chdir(folder);
      try {
        expect(rememberedCheck({ id: 'wasm', version: check.version } as never, check.detail)).toBeNull();
      } finally {
        process.chdir(before);
      }
    }
    writeFileSync(file, 'no JSON');
    expect(await checked('damaged.sqlite')).toEqual([null]);
  });
});
