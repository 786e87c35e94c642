import { expect, test } from 'vitest';
import { differenceOf, digits, meanOf, page, recordsOf, signed, tableOf, valuesOf } from './published.ts';

// What docs/findings.md says of single settings on three and four levels, checked against the published records.

const records = recordsOf('levels');

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
    valuesOf(
      records,
      `test/${loss}`,
      combiner,
      { lambda, ...(combiner === 'bloop' && { rho: 0.05 }) },
      { order },
    ),
  );

test('levels: the table of the strongest settings is what the records give', () => {
  const rows = ORDERS.flatMap(([label, order, lambda]) => {
    const [plain, ours] = ['mixed', 'bloop'].map((combiner) => lossesOf(order, combiner, lambda));
    const differences = LOSSES.map((_, loss) => signed(differenceOf(ours![loss]!, plain![loss]!)));
    const values = LOSSES.map((_, loss) => digits(meanOf(plain![loss]!), 4));
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
    const [entropy, smoothness, norm] = LOSSES.map((_, loss) => differenceOf(ours![loss]!, plain![loss]!));
    if (order[0] === 'cross-entropy') expect(entropy!.mean + entropy!.reach, label).toBeLessThan(0);
    const isWorse = [smoothness, norm].every((difference) => difference!.mean > difference!.reach);
    if (order[1] === 'norm') expect(isWorse).toBe(true);
    if (order[1] === 'norm') continue;
    const isBeyond = Math.abs(smoothness!.mean) > smoothness!.reach;
    expect(isBeyond, label).toBe(order.length === 4);
    if (isBeyond) expect(page).toContain(`with four it costs ${signed(smoothness!)}.`);
  }
});
