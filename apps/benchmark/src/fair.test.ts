import { plugin as backends } from '@scalpel/backends/choose';
import { plugin as baselines, mixed } from '@scalpel/baselines';
import {
  type Board,
  createLeaderboard,
  defineSuite,
  planSuite,
  type RunRecord,
  renderText,
} from '@scalpel/bench';
import { createToolkit, describeEnvironment, executeRun } from '@scalpel/bench/sweep';
import { type CombinerDefinition, definePlugin, type GradientCombiner, normal } from '@scalpel/core';
import { plugin as tasks } from '@scalpel/tasks';
import { beforeAll, describe, expect, test } from 'vitest';

// Tests the leaderboard with methods of known order: some equal plain mixing under another name, and some are
// plain mixing made worse.

const definition = baselines.combiners!.find(({ id }) => id === 'mixed')!;

/** Plain mixing with its weights multiplied by a factor in each step. */
function varied(id: string, factor: (step: number, random: () => number) => number): CombinerDefinition {
  return {
    ...definition,
    id,
    create: ({ lambda }: { lambda: number }): GradientCombiner => ({
      name: id,
      needs: 'gramian',
      combine: ({ rows, step, random }) => {
        const common = factor(step, random);
        return { coefficients: rows.map(({ level }) => common * (level === 0 ? 1 : lambda)) };
      },
    }),
  };
}

const toolkit = createToolkit(
  baselines,
  tasks,
  backends,
  definePlugin({
    name: 'fair',
    combiners: [
      { ...definition, id: 'twin', create: mixed },
      // The same distribution with other random numbers.
      varied('noisy', (_, random) => 1 + 0.1 * normal(random)),
      varied('noisier', (_, random) => 1 - 0.1 * normal(random)),
      varied('flipped', (step) => (step % 2 === 0 ? 1 : -1)),
      varied('weak', () => 0.1),
    ],
  }),
);

const sweep = { lambda: [0.1, 1] };
const suite = defineSuite({
  id: 'fair',
  title: 'Fair',
  summary: 'Methods whose order is known.',
  entries: [
    {
      task: 'quadratics',
      options: { epochs: 10 },
      seeds: [0, 1, 2, 3, 4, 5, 6, 7],
      axes: [
        { objective: 'main', reference: 5500 },
        { objective: 'auxiliary', reference: 20_000 },
      ],
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep },
        { label: 'Twin', combiner: 'twin', sweep },
        { label: 'Noisy', combiner: 'noisy', sweep },
        { label: 'Noisy, other draws', combiner: 'noisier', sweep },
        { label: 'Flipped', combiner: 'flipped', sweep },
        { label: 'Ten times too small', combiner: 'weak', sweep },
      ],
    },
  ],
});

let records: readonly RunRecord[] = [];
/** The board of plain mixing and these methods alone. */
function boardOf(...labels: string[]): Board {
  const only = ['Mixed', ...labels];
  const plan = planSuite(suite, toolkit, { backend: 'wasm', only });
  return createLeaderboard(plan, records).boards[0]!;
}
const comparisonOf = (board: Board, label: string) =>
  board.rows.find((row) => row.label === label)!.comparisons.train!;

beforeAll(async () => {
  const backend = toolkit.backend('wasm');
  await backend.start();
  const environment = await describeEnvironment(backend);
  const made: RunRecord[] = [];
  for (const { key, spec } of planSuite(suite, toolkit, { backend: 'wasm' }).runs) {
    const started = new Date().toISOString();
    const result = await executeRun(spec, toolkit);
    made.push({ schema: 1, key, spec, ...result, environment, started, ended: new Date().toISOString() });
  }
  records = made;
});

test('every run has a result', () => {
  expect(records).toHaveLength(96);
  expect(records.every(({ outcome }) => outcome.state === 'finished')).toBe(true);
});

describe('a method under two names', () => {
  test('gets the same weights, batches and seeds, and so the same score and the same rank', () => {
    const board = boardOf('Twin');
    const [first, second] = board.rows;
    expect([first!.rank, second!.rank]).toEqual([1, 1]);
    expect(first!.settings).toEqual(second!.settings);
    expect(comparisonOf(board, 'Twin')).toMatchObject({
      difference: { value: 0, interval: { low: 0, high: 0 } },
      p: 1,
      corrected: 1,
      dominates: 1,
      dominated: 1,
      mixedLoss: 0,
    });
  });

  test('that draws its own random numbers does not differ significantly from its double', () => {
    // The equal method takes the place of plain mixing.
    const asMixed = suite.entries[0]!.methods.filter(({ label }) => label.startsWith('Noisy'));
    const plan = planSuite({ ...suite, entries: [{ ...suite.entries[0]!, methods: asMixed }] }, toolkit, {
      backend: 'wasm',
    });
    const [entry] = plan.entries;
    const [noisy, other] = entry!.methods;
    const renamed = {
      ...plan,
      entries: [{ ...entry!, methods: [{ ...noisy!, combiner: 'mixed' }, other!] }],
    };
    const { difference, p } = comparisonOf(createLeaderboard(renamed, records).boards[0]!, other!.label);
    expect(p).toBeGreaterThan(0.05);
    expect(difference!.value).not.toBe(0);
    expect(difference!.interval!.low).toBeLessThan(0);
    expect(difference!.interval!.high).toBeGreaterThan(0);
  });
});

describe.each(['Flipped', 'Ten times too small'])('a spoilt method: %s', (label) => {
  test('is last, and significantly worse than plain mixing, after correction too', () => {
    const board = boardOf('Twin', 'Noisy', 'Noisy, other draws', label);
    expect(board.rows.at(-1)!.label).toBe(label);
    const { difference, p, corrected, dominates } = comparisonOf(board, label);
    expect(difference!.interval!.high).toBeLessThan(0);
    expect(p).toBe(2 ** -7);
    expect(corrected).toBe(4 * 2 ** -7);
    expect(dominates).toBe(0);
  });
});

test('the table fits 120 columns and keeps the tests', () => {
  const text = renderText(createLeaderboard(planSuite(suite, toolkit, { backend: 'wasm' }), records), 120);
  const lines = text.split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(text).toMatch(/method +Δ hypervolume +p +p, Holm/);
  expect(text.replaceAll('\n', ' ')).toContain(
    'With 8 seeds p is at least 0.0078, and 0.039 after correction',
  );
});
