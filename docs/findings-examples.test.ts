import { describe, expect, test } from 'vitest';
import {
  differenceOf,
  digits,
  estimateOf,
  meanOf,
  page,
  read,
  recordsOf,
  signed,
  tableOf,
} from './published.ts';

// What docs/findings.md says of one objective an example, checked against the published records.

const records = recordsOf('instance-wise-risk');

const DATA = [
  ['clean', { noise: 0, imbalance: 1 }],
  ['wrong labels', { noise: 0.3, imbalance: 1 }],
  ['rare classes', { noise: 0, imbalance: 20 }],
] as const;
type Data = (typeof DATA)[number][0];

const METHODS = [
  ['Mean', 'mean'],
  ['UPGrad', 'upgrad'],
  ['PCGrad', 'pcgrad'],
  ['MGDA', 'mgda'],
] as const;
type Combiner = (typeof METHODS)[number][1];

/** The metrics of the finished runs of each seed, by learning rate. Rates at which a run diverged are left out. */
function runsOf(data: Data, combiner: Combiner) {
  const wanted = DATA.find(([name]) => name === data)![1];
  const own = records.filter(({ spec: { task, combiner: used } }) => {
    const { noise, imbalance } = task.options as { readonly noise: number; readonly imbalance: number };
    return used.id === combiner && noise === wanted.noise && imbalance === wanted.imbalance;
  });
  const byRate = Map.groupBy(own, ({ spec }) => spec.rate ?? 1);
  expect(byRate.size).toBe(8);
  return [...byRate].flatMap(([rate, group]) => {
    expect(group).toHaveLength(5);
    const seeds = group
      .toSorted((a, b) => a.spec.seed - b.spec.seed)
      .flatMap(({ outcome }) => (outcome.state === 'finished' ? [outcome.metrics] : []));
    return seeds.length === 5 ? [{ rate, seeds }] : [];
  });
}

/** The best rate by a metric on validation data, and the values of each seed there on test data. */
function chosen(data: Data, combiner: Combiner, by: 'cross-entropy' | 'accuracy' = 'cross-entropy') {
  const sign = by === 'accuracy' ? -1 : 1;
  const badness = ({ seeds }: ReturnType<typeof runsOf>[number]) =>
    sign * meanOf(seeds.map((metrics) => metrics[`validation/${by}`]!));
  const runs = runsOf(data, combiner).toSorted((a, b) => a.rate - b.rate);
  const best = runs.toSorted((a, b) => badness(a) - badness(b))[0]!;
  return {
    rate: best.rate,
    isInside: best !== runs[0] && best !== runs.at(-1),
    values: (metric: string) => best.seeds.map((metrics) => metrics[`test/${metric}`]!),
  };
}

type Metric = 'cross-entropy' | 'accuracy' | 'worst-class-error';
const METRICS: readonly Metric[] = ['cross-entropy', 'accuracy', 'worst-class-error'];

/** From the mean loss, both at their best rates. */
const difference = (data: Data, combiner: Combiner, metric: Metric, by?: 'accuracy') =>
  differenceOf(chosen(data, combiner, by).values(metric), chosen(data, 'mean', by).values(metric));

test('the table of the page is what the records give', () => {
  const rows = DATA.flatMap(([data]) =>
    METHODS.map(([label, combiner]) => {
      const { rate, values } = chosen(data, combiner);
      const isMean = combiner === 'mean';
      const cells = METRICS.map((metric) => {
        if (!isMean) return signed(difference(data, combiner, metric));
        const { mean, reach } = estimateOf(values(metric));
        return `${digits(mean, 3)} ± ${digits(reach, 2)}`;
      });
      return [isMean ? data : '', isMean ? label : `${label}, difference`, `${rate}`, ...cells];
    }),
  );
  const head = ['training data', 'method', 'rate ×', 'cross-entropy', 'accuracy', 'worst-class error'];
  expect(page).toContain(tableOf(head, rows));
});

test('for all methods but MGDA the best rate lay between the ends', () => {
  for (const [data] of DATA)
    for (const combiner of ['mean', 'upgrad', 'pcgrad'] as const)
      expect(chosen(data, combiner).isInside, `${data}, ${combiner}`).toBe(true);
  expect(chosen('rare classes', 'mgda').isInside).toBe(false);
});

describe('the claims', () => {
  const isLower = ({ mean, reach }: { readonly mean: number; readonly reach: number }) => mean < -reach;

  test('with wrong labels UPGrad and PCGrad are better, and worse elsewhere', () => {
    for (const combiner of ['upgrad', 'pcgrad'] as const) {
      expect(isLower(difference('wrong labels', combiner, 'cross-entropy'))).toBe(true);
      for (const data of ['clean', 'rare classes'] as const) {
        const { mean, reach } = difference(data, combiner, 'cross-entropy');
        expect(mean).toBeGreaterThan(reach);
        expect(isLower(difference(data, combiner, 'accuracy'))).toBe(true);
      }
      const { mean, reach } = difference('wrong labels', combiner, 'accuracy');
      expect(mean).toBeGreaterThan(reach);
      const worst = difference('wrong labels', combiner, 'worst-class-error');
      expect(Math.abs(worst.mean)).toBeLessThan(worst.reach);
      const rare = difference('rare classes', combiner, 'worst-class-error');
      expect(rare.mean).toBeGreaterThan(rare.reach);
    }
  });

  test('with rates that are chosen by accuracy', () => {
    const [clean, wrong, rare] = DATA.map(([data]) => difference(data, 'upgrad', 'accuracy', 'accuracy'));
    expect(page).toContain(
      `that of UPGrad differs by ${signed(clean!)} on clean data, by ${signed(wrong!)} with wrong labels and by ${signed(rare!)} with rare classes`,
    );
  });

  test('the shares of single examples', () => {
    const rows = read('../benchmarks/questions/example-weights.md')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, , part]) => part === 'last third');
    const said = (examples: string) => {
      const row = rows.find((cells) => cells[3] === examples)!;
      const percent = (cell: string) => `${Math.round(100 * Number(cell.split(' ')[0]))} %`;
      return [percent(row[6]!), percent(row[7]!)] as const;
    };
    const [wrong, less] = said('wrong label');
    const [rare, fewer] = said('three rarest classes');
    expect(page).toContain(
      `wrong labels make up ${wrong} of the sum of all lengths, and ${less} of that in UPGrad's direction; the three rarest classes ${rare} and ${fewer}`,
    );
  });
});
