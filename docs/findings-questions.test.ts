import { expect, test } from 'vitest';
import { cells, page, partsOf, read } from './published.ts';

// What docs/findings.md says of the open questions, checked against the published tables, which are checked against their records.

test.each([
  ['nothing (mixing)', 'Mixed'],
  ['this batch', 'This batch'],
  ['the last batch', 'Last batch'],
  ['two more batches', 'Two more batches'],
  ['the momentum', 'Momentum'],
  ['the mean of all batches so far', 'All batches so far'],
  ['the moving average', 'Moving average'],
])('what the average is worth: %s', (name, label) => {
  const lowest = cells('averages', 'Noisy quadratics, 250 epochs', label)[4];
  expect(page).toContain(`| ${name} | ${lowest} |`);
});

test('rho grows as a power of the rate, below that of the theory', () => {
  const [, power, width] = read('../benchmarks/results/rho-and-eta-map-1.svg').match(
    /rate\^\(([\d.]+) ± ([\d.]+)\)/,
  )!;
  expect(page).toContain(`to the power of ${Number(power).toFixed(1)}** (${power} ± ${width} over six seeds`);
  expect(Number(power) + Number(width)).toBeLessThan(2 / 3);
});

test.each([0.001, 1, 10, 100, 1000])('a loss times %d', (scale) => {
  const lowest = ['Mixed', 'PCGrad', 'Bloop', 'MetaBalance', 'Nash-MTL'].map(
    (method) => cells('scales', `Auxiliary loss times ${scale}`, method)[4],
  );
  expect(page).toContain(`| ${scale} | ${lowest.join(' | ')} |`);
});

test.each([
  ['averages', 'Noisy quadratics, 250 epochs', 'Moving average'],
  ['rho-and-eta', 'Noisy quadratics, rate 0.000125', 'Bloop'],
  ['rho-and-eta', 'Noisy quadratics, rate 0.002', 'Bloop'],
  ['scales', 'Auxiliary loss times 1', 'Bloop'],
  ['scales', 'Auxiliary loss times 10', 'Bloop'],
])('where mixing is ahead by the hypervolume: %s, %s', (suite, heading, method) => {
  const difference = cells(suite, heading, method, '### Beside Mixed')[1]!;
  expect(page).toContain(difference);
  const { value, reach } = partsOf(difference);
  expect(value + reach).toBeLessThan(0);
});

test.each([0.000125, 0.00025, 0.0005, 0.001, 0.002])(
  'mixing is ahead by the hypervolume at rate %d',
  (rate) => {
    const { value, reach } = partsOf(
      cells('rho-and-eta', `Noisy quadratics, rate ${rate}`, 'Bloop', '### Beside Mixed')[1]!,
    );
    expect(value + reach).toBeLessThan(0);
  },
);

test.each([
  [0.000125, [0.01, 0.02, 0.005]],
  [0.002, [0.02, 0.01]],
])('the main losses around the best rho, rate %d', (rate, rhos) => {
  const map = read('../benchmarks/results/rho-and-eta-map-1.svg');
  const losses = new Map(
    [...map.matchAll(/<title>rate ([\d.]+)\nrho ([\d.]+)\nmain ([\d.]+)<\/title>/g)]
      .filter(([, at]) => Number(at) === rate)
      .map(([, , rho, main]) => [Number(rho), Number(main)]),
  );
  expect(losses.size).toBe(7);
  const [best, ...others] = rhos.map((rho) => losses.get(rho)!);
  expect(Math.min(...losses.values())).toBe(best);
  const said = others.map((loss) => loss.toPrecision(3)).join(' or ');
  expect(page).toContain(`(${said} instead of ${best!.toPrecision(3)}`);
});

test('of the values of rho that were tried, 0.01 or 0.02 is best at every rate', () => {
  const map = read('../benchmarks/results/rho-and-eta-map-1.svg');
  const cells = [...map.matchAll(/<title>rate ([\d.]+)\nrho ([\d.]+)\nmain ([\d.]+)<\/title>/g)];
  const best = [...new Set(cells.map(([, rate]) => rate))].map(
    (rate) => cells.filter((cell) => cell[1] === rate).sort((a, b) => Number(a[3]) - Number(b[3]))[0]![2],
  );
  expect(best).toHaveLength(5);
  expect(new Set(best)).toEqual(new Set(['0.01', '0.02']));
  expect(page).toContain('Of the values that were tried, 0.01 or 0.02 is best at every rate.');
});

test.each([100, 1000])('Bloop is ahead by the hypervolume with a loss times %d', (scale) => {
  const difference = cells('scales', `Auxiliary loss times ${scale}`, 'Bloop', '### Beside Mixed')[1]!;
  expect(page).toContain(difference);
  const { value, reach } = partsOf(difference);
  expect(value - reach).toBeGreaterThan(0);
});

test('of the methods that mind the units, the main loss of Bloop varies least', () => {
  const labels = [
    'Mixed',
    'PCGrad',
    'MGDA',
    'Dynamic barrier',
    'Bloop',
    'UPGrad',
    'IMTL-G',
    'Geometric mean',
  ];
  const spans = labels.map((label) => {
    const losses = [0.001, 0.01, 0.1, 1, 10, 100, 1000].map(
      (scale) => partsOf(cells('scales', `Auxiliary loss times ${scale}`, label)[4]!).value,
    );
    const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
    return { label, lowest, highest, span: highest / lowest };
  });
  const [least] = spans.toSorted((a, b) => a.span - b.span);
  expect(least!.label).toBe('Bloop');
  expect(page).toContain(`from ${least!.lowest} to ${least!.highest}:`);
});

test('by the hypervolume the moving average is last', () => {
  expect(cells('averages', 'Noisy quadratics, 250 epochs', 'Moving average')[0]).toBe('7');
});

test.each([1, 10, 100, 1000])('a loss times %d: MGDA', (scale) => {
  const [mgda, bloop] = ['MGDA', 'Bloop'].map(
    (method) => cells('scales', `Auxiliary loss times ${scale}`, method)[4]!,
  );
  expect(page).toContain(mgda);
  expect(Number.parseFloat(mgda!) < Number.parseFloat(bloop!)).toBe(scale >= 100);
});

test.each([
  ['Label, smoothness, norm', 3],
  ['Smoothness, label, norm', 3],
  ['Label, norm, smoothness', 3],
  ['Label, smoothness, norm, confidence', 4],
])('levels: %s', (order, count) => {
  const difference = cells('levels', order, 'Bloop', `### In all ${count} objectives`)[2];
  expect(page).toContain(`| ${order.toLowerCase()} | ${difference} |`);
});

test('of four levels, Bloop is ahead in the first two objectives', () => {
  const order = 'Label, smoothness, norm, confidence';
  const difference = cells('levels', order, 'Bloop', '### Beside Mixed')[1]!;
  expect(page).toContain(`(${difference}): that is what`);
  const { value, reach } = partsOf(difference);
  expect(value - reach).toBeGreaterThan(0);
});
