import { readFileSync } from 'node:fs';
import { fromJsonLines } from '@scalpel/bench';
import { expect, test } from 'vitest';

// What docs/findings.md says of single settings on three and four levels, checked against the published records.

const page = readFileSync(new URL('findings.md', import.meta.url), 'utf8');
const file = new URL('../benchmarks/results/levels.jsonl', import.meta.url);
const records = fromJsonLines(readFileSync(file, 'utf8'), 'levels.jsonl');

const SEEDS = 3;
/** At 97.5 %, for three samples. */
const STUDENT = 4.303;

interface Estimate {
  readonly mean: number;
  /** Half of the 95 % interval. */
  readonly reach: number;
}

function estimateOf(values: readonly number[]): Estimate {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, reach: STUDENT * Math.sqrt(variance / values.length) };
}

/** The values of a metric in the order of the seeds. */
function valuesOf(
  metric: string,
  task: Record<string, unknown>,
  combiner: string,
  options: Record<string, unknown>,
): readonly number[] {
  const has = (own: unknown, wanted: Record<string, unknown>) =>
    Object.entries(wanted).every(
      ([name, value]) => JSON.stringify((own as Record<string, unknown>)[name]) === JSON.stringify(value),
    );
  const found = records
    .filter(({ spec }) => spec.combiner.id === combiner)
    .filter(({ spec }) => has(spec.task.options, task) && has(spec.combiner.options, options))
    .sort((a, b) => a.spec.seed - b.spec.seed)
    .map(({ outcome }) => (outcome.state === 'finished' ? outcome.metrics[metric]! : Number.NaN));
  expect(found, `${combiner} ${JSON.stringify(options)}`).toHaveLength(SEEDS);
  return found;
}

function digits(value: number, count: number): string {
  const text = value.toPrecision(count);
  return text.includes('e') ? String(Math.round(Number(text))) : text;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const ORDERS: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['label, smoothness, norm', ['cross-entropy', 'smoothness', 'norm'], [2, 0.01]],
  ['label, norm, smoothness', ['cross-entropy', 'norm', 'smoothness'], [0.01, 2]],
  ['smoothness, label, norm', ['smoothness', 'cross-entropy', 'norm'], [0.5, 0.005]],
  [
    'label, smoothness, norm, confidence',
    ['cross-entropy', 'smoothness', 'norm', 'confidence'],
    [2, 0.01, 0.3],
  ],
];
const LOSSES = ['cross-entropy', 'smoothness', 'norm', 'confidence'] as const;
const lossesOf = (order: readonly string[], combiner: string, lambda: readonly number[]) =>
  LOSSES.map((loss) =>
    valuesOf(`test/${loss}`, { order }, combiner, {
      lambda,
      ...(combiner === 'bloop' && { rho: 0.05 }),
    }),
  );

test('levels: the table of the strongest settings is what the records give', () => {
  const rows = ORDERS.flatMap(([label, order, lambda]) => {
    const [plain, ours] = ['mixed', 'bloop'].map((combiner) => lossesOf(order, combiner, lambda));
    const differences = LOSSES.map((_, loss) => {
      const { mean, reach } = estimateOf(ours![loss]!.map((x, seed) => x - plain![loss]![seed]!));
      return `${mean > 0 ? '+' : ''}${digits(mean, 3)} ± ${digits(reach, 2)}`;
    });
    const values = LOSSES.map((_, loss) => digits(estimateOf(plain![loss]!).mean, 4));
    return [
      [label, 'Mixed', ...values],
      ['', 'Bloop, difference', ...differences],
    ];
  });
  expect(page).toContain(tableOf(['most important first', 'method', ...LOSSES], rows));
});

test('levels: with the label first its cross-entropy is lower; what the norm is above ends worse, and the norm too', () => {
  for (const [label, order, lambda] of ORDERS) {
    const [plain, ours] = ['mixed', 'bloop'].map((combiner) => lossesOf(order, combiner, lambda));
    const [entropy, smoothness, norm] = LOSSES.map((_, loss) =>
      estimateOf(ours![loss]!.map((x, seed) => x - plain![loss]![seed]!)),
    );
    if (order[0] === 'cross-entropy') expect(entropy!.mean + entropy!.reach, label).toBeLessThan(0);
    const isWorse = [smoothness, norm].every((difference) => difference!.mean > difference!.reach);
    if (order[1] === 'norm') expect(isWorse).toBe(true);
    if (order.length === 3 && order[1] !== 'norm') {
      expect(Math.abs(smoothness!.mean), label).toBeLessThan(smoothness!.reach);
    }
  }
});
