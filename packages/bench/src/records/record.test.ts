import { describe, expect, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { recordOf } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { fromJsonLines, toJsonLines } from './record.ts';

const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const records = [
  recordOf(runs[0]!, { state: 'finished', metrics: { 'train/main': 0.1 + 0.2, norm: 1e-300 } }),
  recordOf(runs[1]!, { state: 'diverged', step: 31, reason: 'the loss of main is not finite' }),
  recordOf(runs[2]!, { state: 'failed', reason: 'two\nlines and \u2028 more' }),
];

const path = { steps: [0, 7], positions: [[1, 1e-7], []], losses: { main: [3, -0.5] } };

test('records survive as JSON Lines, to the last bit', () => {
  const text = toJsonLines(records);
  expect(text.split('\n')).toHaveLength(4);
  expect(fromJsonLines(text, 'results.jsonl')).toEqual(records);
  const walked = records.map((record) => ({ ...record, path }));
  expect(fromJsonLines(toJsonLines(walked), 'results.jsonl')).toEqual(walked);
  const [scaled] = planSuite(toySuite({ rate: '1 / (1 + lambda)' }), createToolkit(plugin), {
    backend: 'cpu',
  }).runs;
  const record = recordOf(scaled!, records[0]!.outcome);
  expect(record.spec.rate).toBeCloseTo(1 / 1.1, 12);
  expect(fromJsonLines(toJsonLines([record]), 'results.jsonl')).toEqual([record]);
  expect(fromJsonLines('\n', 'results.jsonl')).toEqual([]);
});

test.each([
  null,
  { passed: true, when: '2026-01-02T03:04:05.000Z' },
  { passed: false, when: '2026-01-02T03:04:05.000Z' },
])('a record says what the check of its backend came to: %o', (checked) => {
  const [record] = records;
  const told = { ...record!, environment: { ...record!.environment, checked } };
  expect(fromJsonLines(toJsonLines([told]), 'results.jsonl')).toEqual([told]);
});

test('the order of keys does not show', () => {
  const shuffled = JSON.parse(
    JSON.stringify(records[0], Object.keys(records[0]!).reverse().concat(allKeys(records[0]))),
  );
  expect(toJsonLines([shuffled])).toBe(toJsonLines([records[0]!]));
});

describe('refused, with the line:', () => {
  const [first] = records;
  const cases: readonly (readonly [string, string, string])[] = [
    ['no JSON', '{"key":', 'results.jsonl, line 2 is not JSON'],
    ['no record', '{"schema":1}', 'results.jsonl, line 2 is not a record: key'],
    ['another schema', JSON.stringify({ ...first, schema: 2 }), 'line 2 is not a record: schema is not 1'],
    ['an unknown outcome', JSON.stringify({ ...first, outcome: { state: 'lost' } }), 'outcome'],
    [
      'a metric that is no number',
      JSON.stringify({ ...first, outcome: { state: 'finished', metrics: { norm: null } } }),
      'outcome.metrics.norm',
    ],
    [
      'a path that is none',
      JSON.stringify({ ...first, path: { ...path, positions: [1, 2] } }),
      'line 2 is not a record: path.positions.0',
    ],
    [
      'a spec that was edited',
      JSON.stringify({ ...first, spec: { ...first!.spec, seed: 9 } }),
      'line 2: the key is not that of the spec',
    ],
  ];
  test.each(cases)('%s', (_, line, message) => {
    const text = `${toJsonLines([records[1]!])}${line}\n`;
    expect(() => fromJsonLines(text, 'results.jsonl')).toThrow(message);
  });
});

function allKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...allKeys(item)]);
}
