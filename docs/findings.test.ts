import { expect, test } from 'vitest';
import {
  cells,
  differenceOf,
  estimateOf,
  page,
  partsOf,
  read,
  recordsOf,
  signed,
  valuesOf,
} from './published.ts';

// What docs/findings.md says of smooth MNIST and of the noisy quadratics, checked against the published records.

const records = recordsOf('mnist');

const lambdas = [0.01, 0.03, 0.1, 0.3, 1, 3] as const;
type Split = 'train' | 'test';
const splits: readonly Split[] = ['train', 'test'];

/** Mean over the seeds of cross-entropy and smoothness. */
function at(combiner: string, split: Split, options: Record<string, unknown> = {}): [number, number] {
  const metrics = records.flatMap(({ spec, outcome }) => {
    const own = spec.combiner.options as Record<string, unknown>;
    const same = Object.entries(options).every(([name, value]) => own[name] === value);
    return spec.combiner.id === combiner && same && outcome.state === 'finished' ? [outcome.metrics] : [];
  });
  expect(metrics).toHaveLength(5);
  const mean = (name: string) => metrics.reduce((sum, m) => sum + m[`${split}/${name}`]!, 0) / metrics.length;
  return [mean('cross-entropy'), mean('smoothness')];
}

const bloop = (split: Split, lambda: number) => at('bloop', split, { lambda, rho: 0.01 });
const noEma = (split: Split, lambda: number) => at('bloop', split, { lambda, rho: 1 });
const others = (split: Split, lambda: number) => ({
  Mixed: at('mixed', split, { lambda }),
  PCGrad: at('pcgrad', split, { lambda }),
  'Dynamic barrier': at('dynamic-barrier', split, { lambda }),
  'Bloop, no EMA': noEma(split, lambda),
});

/** Cross-entropy of Bloop's front at a smoothness, by linear interpolation; null outside it. */
function frontOfBloop(split: Split, smoothness: number): number | null {
  const points = lambdas.map((lambda) => bloop(split, lambda));
  for (let i = 1; i < points.length; i++) {
    const [[above, rough], [below, smooth]] = [points[i - 1]!, points[i]!];
    if (smoothness > rough || smoothness < smooth) continue;
    return below + ((above - below) * (smoothness - smooth)) / (rough - smooth);
  }
  return null;
}

test('at equal smoothness, every method with a lambda has a higher cross-entropy than Bloop', () => {
  for (const split of splits) {
    let compared = 0;
    for (const lambda of lambdas) {
      for (const [method, [loss, smoothness]] of Object.entries(others(split, lambda))) {
        const own = frontOfBloop(split, smoothness);
        if (own === null) continue;
        compared++;
        expect(loss, `${method} ${split} ${lambda}`).toBeGreaterThan(own);
      }
    }
    expect(compared).toBeGreaterThan(15);
  }
});

test('without the average, Bloop and the dynamic barrier stay close to plain mixing at equal lambda', () => {
  for (const split of splits) {
    for (const lambda of lambdas) {
      const { Mixed: mixed, ...rest } = others(split, lambda);
      for (const method of ['Dynamic barrier', 'Bloop, no EMA'] as const) {
        const [loss, smoothness] = rest[method];
        expect(Math.abs(loss / mixed[0] - 1), `${method} ${split} ${lambda}`).toBeLessThan(0.05);
        expect(Math.abs(smoothness - mixed[1]), `${method} ${split} ${lambda}`).toBeLessThan(0.05);
      }
    }
  }
});

test('PCGrad is the smoothest at small lambda, at a higher cross-entropy than Bloop for the same smoothness', () => {
  for (const split of splits) {
    for (const lambda of [0.01, 0.03]) {
      const { PCGrad: pcgrad, ...rest } = others(split, lambda);
      for (const [, smoothness] of [...Object.values(rest), bloop(split, lambda)]) {
        expect(pcgrad[1]).toBeLessThan(smoothness);
      }
      expect(pcgrad[0]).toBeGreaterThan(frontOfBloop(split, pcgrad[1])!);
    }
  }
});

test('no point of mixing is as good as that of MGDA in both losses, and one of Bloop is better', () => {
  for (const split of splits) {
    const [loss, smoothness] = at('mgda', split);
    const dominated = (point: readonly [number, number]) => point[0] <= loss && point[1] <= smoothness;
    expect(lambdas.some((lambda) => dominated(at('mixed', split, { lambda })))).toBe(false);
    expect(lambdas.some((lambda) => dominated(bloop(split, lambda)))).toBe(true);
  }
});

test('the table of the page is what the records give', () => {
  const cell = ([loss, smoothness]: readonly [number, number]) =>
    `${loss.toFixed(4)} / ${smoothness.toFixed(2)}`;
  const rows = lambdas.map((lambda) => {
    const cells = [...Object.values(others('test', lambda)), bloop('test', lambda)].map(cell);
    return `| ${lambda} | ${cells.join(' | ')} |`;
  });
  const head = '| lambda | Mixed | PCGrad | Dynamic barrier | Bloop, no EMA | Bloop |';
  expect(page).toContain([head, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n'));
  expect(page).toContain(`MGDA ends at ${cell(at('mgda', 'test'))}.`);
});

test('differences beside mixing are those of the published table, and their intervals leave out 0', () => {
  const table = read('../benchmarks/results/mnist.md');
  const row = table.match(
    /^\| Bloop \| (\+[\d.]+) ± ([\d.]+) \| ([\d.]+) \| [\d.]+ \| (-[\d.]+) ± ([\d.]+) /m,
  )!;
  const [, volume, volumeWidth, p, loss, lossWidth] = row.map(Number);
  expect(page).toContain(`differs by ${row[1]} ± ${row[2]} (seed by seed)`);
  expect(page).toContain(`cross-entropy differs by ${row[4]} ± ${row[5]} from that of mixing`);
  expect(page).toContain(`less than p = ${row[3]}.`);
  expect(volume).toBeGreaterThan(volumeWidth!);
  expect(-loss!).toBeGreaterThan(lossWidth!);
  expect(p).toBe(0.063);
});

test('the intervals of the scores on smooth MNIST do not touch', () => {
  const heading = 'Smooth MNIST, 5 epochs';
  const ends = (method: string) => cells('mnist', heading, method)[3]!.split(' … ');
  const highest = ['PCGrad', 'Dynamic barrier', 'Bloop, no EMA', 'Mixed', 'MGDA']
    .map((method) => ends(method)[1]!)
    .sort()
    .at(-1)!;
  expect(page).toContain(
    `that of Bloop begins at ${ends('Bloop')[0]}, and none of the others is above ${highest}`,
  );
  expect(Number(ends('Bloop')[0])).toBeGreaterThan(Number(highest));
  expect(page).toContain(
    `(hypervolume ${cells('mnist', heading, 'Dynamic barrier', '### Beside Mixed')[1]})`,
  );
});

test('differences of single settings on smooth MNIST', () => {
  const values = (loss: string, combiner: string, options = {}) =>
    valuesOf(records, `test/${loss}`, combiner, options);
  const ours = { lambda: 1, rho: 0.01 };
  const smoothness = differenceOf(values('smoothness', 'mgda'), values('smoothness', 'bloop', ours));
  const loss = differenceOf(values('cross-entropy', 'mgda'), values('cross-entropy', 'bloop', ours));
  expect(page).toContain(
    `as smooth (${signed(smoothness)}) and better in cross-entropy by ${signed(loss).slice(1)}.`,
  );
  expect(Math.abs(smoothness.mean)).toBeLessThan(smoothness.reach);
  expect(loss.mean).toBeGreaterThan(loss.reach);
  const lambda = 0.01;
  const pcgrad = differenceOf(
    values('smoothness', 'pcgrad', { lambda }),
    values('smoothness', 'mixed', { lambda }),
  );
  expect(page).toContain(`(by ${signed(pcgrad)} at lambda 0.01)`);
  expect(-pcgrad.mean).toBeGreaterThan(pcgrad.reach);
});

test('without the average, Bloop made the runs of the dynamic barrier on smooth MNIST', () => {
  for (const lambda of lambdas)
    for (const metric of ['test/cross-entropy', 'train/smoothness'])
      expect(valuesOf(records, metric, 'bloop', { lambda, rho: 1 })).toEqual(
        valuesOf(records, metric, 'dynamic-barrier', { lambda }),
      );
});

test('quadratics: the table of the page is what the records give, and Bloop alone comes near the exact solution', () => {
  const runs = recordsOf('quadratics');
  /** Means over the seeds of the main loss and of the distance to the exact solution. */
  const ends = (combiner: string, options: Record<string, unknown>): [number, number] => {
    const both = ['train/main', 'distance'].map((metric) => valuesOf(runs, metric, combiner, options));
    for (const values of both) expect(values).toHaveLength(8);
    return [estimateOf(both[0]!).mean, estimateOf(both[1]!).mean];
  };
  const rows = [0.001, 0.01, 0.1, 1, 10, 100, 1000].map((lambda) => {
    const methods = [
      ends('mixed', { lambda }),
      ends('pcgrad', { lambda }),
      ends('dynamic-barrier', { lambda }),
      ends('bloop', { lambda, rho: 1 }),
      ends('bloop', { lambda, rho: 0.01 }),
    ];
    const cells = methods.map(([main, distance]) => `${main.toPrecision(3)} / ${distance.toPrecision(3)}`);
    return { lambda, methods, line: `| ${lambda} | ${cells.join(' | ')} |` };
  });
  expect(page).toContain(
    [
      '| lambda | Mixed | PCGrad | Dynamic barrier | Bloop, no EMA | Bloop |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(({ line }) => line),
    ].join('\n'),
  );
  const nearest = [0, 1, 2, 3, 4].map((method) =>
    Math.min(...rows.map(({ methods }) => methods[method]![1])),
  );
  expect(Math.min(...nearest.slice(0, 4))).toBeGreaterThan(10 * nearest[4]!);
});

test('quadratics: the differences to mixing, for Bloop and against it', () => {
  const runs = recordsOf('quadratics');
  const at = (metric: string, combiner: string, options = {}) =>
    estimateOf(valuesOf(runs, metric, combiner, { lambda: 1, ...options }));
  const words = ({ mean, reach }: { readonly mean: number; readonly reach: number }) =>
    `${mean.toPrecision(3)} ± ${reach.toPrecision(2)}`;
  const [near, plain, barrier] = [
    at('distance', 'bloop', { rho: 0.01 }),
    at('distance', 'mixed'),
    at('distance', 'dynamic-barrier'),
  ].map(words);
  expect(page).toContain(`it is ${near} away, mixing ${plain} and the dynamic barrier ${barrier}. It has a`);
  expect(page).toContain(
    `a main loss of ${words(at('train/main', 'bloop', { rho: 0.01 }))} instead of ${words(at('train/main', 'mixed'))}.`,
  );
  const [, volume, , p, loss] = cells(
    'quadratics',
    'Noisy quadratics, 1000 epochs',
    'Bloop',
    '### Beside Mixed',
  );
  expect(page).toContain(`by a main loss lower by ${loss!.replace('+', '')} in the middle`);
  expect(page).toContain(`(${volume}, p = ${p} after correction)`);
  expect(partsOf(loss!).value).toBeGreaterThan(partsOf(loss!).reach);
  expect(-partsOf(volume!).value).toBeGreaterThan(partsOf(volume!).reach);
});
