import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findBackend } from '@scalpel/backends/choose';
import { fromJsonLines } from '@scalpel/bench';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../programs.ts';
import { scalpel, start } from '../testing/scalpel.ts';

const suite = fileURLToPath(new URL('../testing/suite.ts', import.meta.url));
const plugin = ['--plugin', fileURLToPath(new URL('../testing/plugin.ts', import.meta.url))];

let folder = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-run-')));
});

afterAll(() => rmSync(folder, { recursive: true }));

const run = (...given: string[]) => scalpel([...given, ...plugin], { cwd: folder });

describe('a suite in a folder of its own', () => {
  test('has no results before it was run, and the message says what to do', async () => {
    const { status, stderr } = await run('leaderboard', suite);
    expect(stderr).toContain(
      `No run of ${suite} on wasm is in .scalpel/results.sqlite. Make them first: scalpel run`,
    );
    expect(status).toBe(1);
    expect(existsSync(join(folder, '.scalpel'))).toBe(false);
  });

  test('--backend auto says which it takes and why, and leaves standard output to the results', async () => {
    const { backend, reason } = await findBackend('auto');
    const { stdout, stderr } = await run('run', suite, '--dry-run', '--json', '--backend', 'auto');
    expect(JSON.parse(stdout).backend).toBe(backend.id);
    expect(stderr).toContain(`Backend ${reason}\n`);
  });

  test('a dry run shows the runs and makes nothing', async () => {
    const { status, stdout } = await run('run', suite, '--dry-run');
    expect(stdout).toContain('missing   valley, Bloop, lambda 0.1, seed 0\n');
    expect(stdout).toContain('12 runs, 12 of them would be made.');
    expect(status).toBe(0);
    expect(existsSync(join(folder, '.scalpel'))).toBe(false);
  });

  test('is run with a plain line for each run, diverged ones with their reason', async () => {
    const { status, stdout, stderr } = await run('run', suite, '--workers', '2');
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('Testing on wasm: 12 runs, 2 workers');
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toMatch(/^\[12\/12\] /);
    expect(stdout).toMatch(/diverged {2}valley, Explosive, seed 0: .*not finite/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('is not run again: only what is new', async () => {
    const again = await run('run', suite);
    expect(again.stdout).toBe('Testing on wasm: 12 runs, all done before\n');
    const { stdout, stderr } = await run('run', suite, '--seeds', '3', '--only', 'bloop', '--json');
    expect(stderr).toContain('9 runs, 6 of them done before');
    expect(JSON.parse(stdout)).toEqual({
      suite: 'testing',
      backend: 'wasm',
      total: 9,
      finished: 3,
      diverged: 0,
      failed: 0,
      left: 0,
    });
  });

  test('has a leaderboard as text, JSON and Markdown', async () => {
    const [text, json, markdown] = await Promise.all([
      run('leaderboard', suite),
      run('leaderboard', suite, '--json'),
      run('leaderboard', suite, '--markdown'),
    ]);
    expect(text.stdout).toMatch(/Plain mixing +[\d.]+/);
    expect(text.stdout).toContain('valley, Explosive, seed 0 diverged');
    expect(JSON.parse(json.stdout)).toMatchObject({ suite: { id: 'testing' }, backend: { id: 'wasm' } });
    expect(markdown.stdout).toMatch(/^# Testing\n/);
    expect([text, json, markdown].map(({ status, stderr }) => [status, stderr])).toEqual(
      Array(3).fill([0, '']),
    );
    const both = await run('leaderboard', suite, '--json', '--markdown');
    expect(both).toMatchObject({ status: 2, stderr: expect.stringContaining('not both') });
  });

  test('has a page that needs nothing but itself', async () => {
    const { status } = await run('leaderboard', suite, '--html', 'page.html');
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).toContain('Plain mixing');
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
    expect(status).toBe(0);
  });

  test('is exported as records, table and plots, the same each time', async () => {
    const { status, stdout } = await run('export', suite, '--to', 'published');
    expect(stdout.trim().split('\n')).toEqual(
      ['testing.jsonl', 'testing.md', 'testing-1.svg', 'testing-1-mixed.svg', 'testing-2.svg'].map((name) =>
        join('published/results', name),
      ),
    );
    expect(status).toBe(0);
    const read = () =>
      readdirSync(join(folder, 'published/results')).map((name) => [
        name,
        readFileSync(join(folder, 'published/results', name), 'utf8'),
      ]);
    const files = Object.fromEntries(read()) as Record<string, string>;
    expect(fromJsonLines(files['testing.jsonl']!, 'testing.jsonl')).toHaveLength(12);
    expect(files['testing.md']).toContain('](testing-2.svg)');
    expect(files['testing-1.svg']).toMatch(/^<svg /);
    await run('export', suite, '--to', 'published');
    expect(Object.fromEntries(read())).toEqual(files);
    // Without a store, from the published records.
    const records = ['--records', 'published/results/testing.jsonl', '--store', 'none.sqlite'];
    for (const [name] of Object.entries(files).filter(([name]) => !name.endsWith('.jsonl'))) {
      rmSync(join(folder, 'published/results', name));
    }
    await run('export', suite, '--to', 'published', ...records);
    expect(Object.fromEntries(read())).toEqual(files);
    const shown = await run('leaderboard', suite, '--markdown', ...records);
    expect(files['testing.md']).toContain(shown.stdout.trimEnd());
  });

  test('is not exported into the repository, whose suite it is not', async () => {
    const { status, stdout, stderr } = await run('export', suite);
    expect(stderr).toMatch(/is not benchmarks\/suites\/testing\.ts of the repository.* --to FOLDER\.\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(
      readdirSync(join(root, 'benchmarks/results')).filter((name) => name.startsWith('testing')),
    ).toEqual([]);
  });

  test('writes no page where none can be, and says so in one line', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const page of ['file/page.html', '.']) {
      const { status, stdout, stderr } = await run('leaderboard', suite, '--html', page);
      expect(stderr).toMatch(/^scalpel: \S+ could not be written [^\n]*\n$/);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    }
  });

  test('--records must hold records of the suite', async () => {
    const none = await run('leaderboard', suite, '--records', 'none.jsonl');
    expect(none).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no file none.jsonl.'),
    });
    const mnist = fileURLToPath(new URL('../../../../benchmarks/results/mnist.jsonl', import.meta.url));
    const other = await run('leaderboard', suite, '--records', mnist);
    expect(other.stderr).toMatch(/None of the \d+ records in /);
    expect(other.status).toBe(1);
  });

  test('is not exported before it is complete', async () => {
    const longer = join(folder, 'longer.mjs');
    writeFileSync(
      longer,
      readFileSync(suite, 'utf8')
        .replace(/import .*\n/, 'const defineSuite = (suite) => suite;\n')
        .replace(/: Suite = /, ' = ')
        .replaceAll(' as const', '')
        .replace('seeds: [0, 1]', 'seeds: [0, 1, 8]'),
    );
    const { status, stderr } = await run('export', longer, '--to', 'half');
    expect(stderr).toContain('5 of 17 runs have not ended');
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'half'))).toBe(false);
  });
});

test('Ctrl-C keeps what has ended, and the same command goes on from there', async () => {
  const slow = join(folder, 'slow.mjs');
  const axes = [
    { objective: 'main', reference: 1 },
    { objective: 'side', reference: 10 },
  ];
  const entry = (steps: number, seeds: number[]) => ({
    task: 'valley',
    title: String(steps),
    options: { steps },
    seeds,
    axes,
    methods: [{ label: 'Plain mixing', combiner: 'mixed' }],
  });
  const value = (steps: number) => ({
    id: 'slow',
    title: 'Slow',
    summary: 'Slow.',
    entries: [entry(10, [0]), entry(steps, [0])],
  });
  writeFileSync(slow, `export default ${JSON.stringify(value(1e9))};`);
  const child = start(['run', slow, '--workers', '1', '--store', 'slow.sqlite', ...plugin], folder);
  const output = text(child.stdout);
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('[1/2] finished')) resolve();
    });
  });
  child.kill('SIGINT');
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(await output).toContain('Stopped with 1 of 2 runs left.');
  expect(status).toBe(130);
  const { stdout } = await run('run', slow, '--dry-run', '--store', 'slow.sqlite');
  expect(stdout).toContain('2 runs, 1 of them would be made.');
});

test('a reader that leaves stops it in order, with the status of a closed pipe, and nothing is lost', async () => {
  const child = start(['run', suite, '--workers', '1', '--store', 'closed.sqlite', ...plugin], folder);
  const errors = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on('close', resolve));
  const left = /^Stopped with (\d+) of 12 runs left\. The same command goes on from here\.\n$/.exec(
    await errors,
  )?.[1];
  expect(Number(left)).toBeLessThan(12);
  expect(status).toBe(141);
  const { stdout } = await run('run', suite, '--dry-run', '--store', 'closed.sqlite');
  expect(stdout).toContain(`12 runs, ${left} of them would be made.`);
});

describe('refuses', () => {
  test.each([
    [['run', 'no-such-suite'], 1, 'There is no suite "no-such-suite" in '],
    [['run', './none.ts'], 1, 'There is no suite at '],
    [['run', suite, '--workers', '0'], 2, '--workers 0 leaves the runs to workers elsewhere'],
    [['run', suite, '--workers', 'x'], 2, '--workers is "x". Give a whole number from 0.'],
    [['run', suite, '--seeds', 'all'], 2, '--seeds is "all".'],
    [['run', suite, '--backend', 'wsm'], 1, 'There is no backend "wsm". Did you mean "wasm"?'],
    [['run', suite, '--only', 'Blop'], 1, 'Did you mean "Bloop"?'],
    [['run', suite, '--store', '.'], 1, 'is not a file'],
    [['leaderboard', suite, '--store', 'https://example.org/x'], 2, '--store begins with https://'],
    [['run', suite, '--store', 'postgres://me:se#cret@host:port/x'], 2, 'Give postgres://user:password@'],
    [['run', suite, '--store', 'postgres://me@127.0.0.1:1/x'], 1, '127.0.0.1:1/x cannot be reached'],
    [['run', suite, '--dry-run', '--store', 'postgres://127.0.0.1:1/x'], 1, 'cannot be reached'],
    [['leaderboard', suite, '--store', 'postgres://127.0.0.1:1/x'], 1, 'cannot be reached'],
    [['export', suite, '--only', 'Bloop'], 2, 'export has no flag --only.'],
  ])('%j', async (given, expected, message) => {
    const { status, stderr } = await run(...given);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(expected);
  });

  test('a suite whose plugin is not named', async () => {
    const { stderr } = await scalpel(['run', suite], { cwd: folder });
    expect(stderr).toContain('There is no task "valley".');
  });

  test('a file that is no suite', async () => {
    writeFileSync(join(folder, 'wrong.mjs'), 'export default { id: "x" };');
    const { stderr } = await run('run', './wrong.mjs');
    expect(stderr).toContain('does not have the shape of a suite');
  });

  test.each([
    ['export default {', 'Unexpected end of input'],
    [`import 'scalpel-nothing-of-that-name';`, 'Cannot find package'],
    [`throw new Error('no data.');`, 'no data.'],
  ])('a suite that cannot be imported, with its file: %s', async (text, reason) => {
    const file = join(folder, 'broken.mjs');
    writeFileSync(file, text);
    const { status, stderr } = await run('run', './broken.mjs', '--dry-run');
    expect(stderr).toContain(`scalpel: Suite ${file} failed while it was imported: ${reason}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });
});

test('a worker that cannot start says why', async () => {
  writeFileSync(
    join(folder, 'backend.mjs'),
    `export const plugin = { name: 'broken', backends: [{ id: 'broken', title: 't', summary: 's', version: 1,
      probe: async () => ({ works: false, detail: 'd' }), start: async () => { throw new Error('no such device'); } }] };`,
  );
  const { status, stderr } = await run('run', suite, '--backend', 'broken', '--plugin', './backend.mjs');
  expect(stderr).toContain('no such device');
  expect(status).toBe(1);
});
