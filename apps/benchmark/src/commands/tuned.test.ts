import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromJsonLines, type RunRecord } from '@scalpel/bench';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scalpel } from '../testing/scalpel.ts';

const suite = fileURLToPath(new URL('../testing/tuned.ts', import.meta.url));
const plugin = ['--plugin', fileURLToPath(new URL('../testing/plugin.ts', import.meta.url))];

let folder = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-tuned-')));
});

afterAll(() => rmSync(folder, { recursive: true }));

const run = (...given: string[]) => scalpel([...given, ...plugin], { cwd: folder });
const recordsIn = (file: string) => fromJsonLines(readFileSync(join(folder, file), 'utf8'), file);
/** What does not depend on the machine or the time. */
const resultsIn = (file: string) =>
  recordsIn(file).map(({ key, spec, outcome, weights, curve }: RunRecord) => ({
    key,
    spec,
    outcome,
    weights,
    values: curve?.values,
  }));

/** Three methods with four trials on two seeds; bloop and mixing with lambda 0 are not the same spec. */
const TRIALS = 24;

describe('a suite with trials', () => {
  test('runs the trials, and then the settings that they choose', async () => {
    const dry = await run('run', suite, '--dry-run');
    expect(dry.stdout).toContain(
      `${TRIALS} runs, ${TRIALS} of them would be made.\nWhen all trials have ended,`,
    );
    const { status, stdout } = await run('run', suite, '--workers', '1');
    const more = Number(/The trials have chosen settings: (\d+) more runs\./.exec(stdout)?.[1]);
    expect(more).toBeGreaterThan(0);
    expect(stdout).toContain(`Tuned on wasm: ${TRIALS} runs`);
    expect(stdout).toContain(`[${TRIALS + more}/${TRIALS + more}] finished`);
    expect(status).toBe(0);
    const again = await run('run', suite);
    expect(again.stdout).toBe(`Tuned on wasm: ${TRIALS + more} runs, all done before\n`);
  });

  test('publishes all trials, beside the chosen settings with their curves and what is expected', async () => {
    const { status } = await run('export', suite, '--to', 'whole');
    expect(status).toBe(0);
    const records = recordsIn('whole/results/tuned.jsonl');
    const trials = records.filter(({ spec }) => spec.seed >= 10);
    expect(trials).toHaveLength(TRIALS);
    expect(trials.every(({ curve }) => curve === undefined)).toBe(true);
    const reported = records.filter(({ spec }) => spec.seed < 10);
    expect(reported.every(({ curve }) => curve?.steps.length === 6)).toBe(true);
    expect(new Set(records.map(({ spec }) => spec.expected)).size).toBe(1);
    expect(records.some(({ spec }) => spec.combiner.id === 'constant' && spec.seed < 10)).toBe(true);
  });

  test('ends as one that never stopped where it goes on elsewhere from records of a part of it', async () => {
    const part = ['--store', 'part.sqlite'];
    await run('run', suite, '--only', 'Bloop', ...part);
    const partial = await run('export', suite, '--to', 'part', '--partial', ...part);
    expect(partial.stdout).toMatch(/^part\/results\/partial\/tuned\.jsonl: 16 of 24 runs\n$/);
    const records = ['--records', 'part/results/partial/tuned.jsonl'];
    const { stdout } = await run('run', suite, '--store', 'rest.sqlite', ...records);
    expect(stdout).toContain(`Tuned on wasm: ${TRIALS} runs, 16 of them done before`);
    await run('export', suite, '--to', 'part', '--store', 'rest.sqlite');
    expect(resultsIn('part/results/tuned.jsonl')).toEqual(resultsIn('whole/results/tuned.jsonl'));
    // What is complete has no unfinished records beside it.
    expect(existsSync(join(folder, 'part/results/partial/tuned.jsonl'))).toBe(false);
  });

  test('has nothing left to do with all records of another machine', async () => {
    const records = ['--records', 'whole/results/tuned.jsonl', '--store', 'other.sqlite'];
    const { stdout, status } = await run('run', suite, ...records);
    expect(stdout).toMatch(/^Tuned on wasm: \d+ runs, all done before\n$/);
    expect(status).toBe(0);
  });

  test('has a leaderboard from the store and from published records', async () => {
    const [stored, published] = await Promise.all([
      run('leaderboard', suite, '--markdown'),
      run('leaderboard', suite, '--markdown', '--records', 'whole/results/tuned.jsonl'),
    ]);
    expect(stored.stderr + published.stderr).toBe('');
    expect(stored.stdout).toContain('Bloop, mean weights');
    expect(stored.stdout).toContain(
      'Settings were chosen from 4 trials of each method on the seeds 10, 11, which are not reported: 24 runs.',
    );
    expect(stored.stdout).toContain('Expected, as written before the runs: Nothing in particular.');
    expect(published.stdout).toBe(stored.stdout);
  });

  test('does not report the seeds of its trials', async () => {
    const { stderr, status } = await run('run', suite, '--seeds', '10,');
    expect(stderr).toContain('seed 10 would choose settings and report them as well');
    expect(status).toBe(1);
  });
});
