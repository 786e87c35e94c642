import { readFileSync } from 'node:fs';
import { fromJsonLines } from '@scalpel/bench';
import { expect, test } from 'vitest';

// What docs/findings.md says of the open questions, checked against the published tables, which are checked against their records.

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('findings.md');

/** The cells of a method's row: the first one below a heading that starts with it. */
function cells(suite: string, heading: string, method: string, after = ''): string[] {
  const table = read(`../benchmarks/results/${suite}.md`);
  const section = table.split('\n## ').find((part) => part.startsWith(`${heading}\n`))!;
  const rows = section.slice(section.indexOf(after)).split('\n');
  return rows
    .map((row) => row.split(' | ').map((cell) => cell.replaceAll('|', '').trim()))
    .find((row) => row.includes(method))!;
}

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
  expect(page).toContain(`to the power of ${power} ± ${width}**`);
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
  const [middle, width] = difference.split(' ± ').map(Number);
  expect(middle! + width!).toBeLessThan(0);
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
  const [own, mixed] = ['Bloop', 'Mixed'].map((method) => cells('levels', order, method)[2]);
  expect(page).toContain(`(${own} against ${mixed})`);
  expect(Number(own)).toBeGreaterThan(Number(mixed));
});

test('weight decay: nothing can be told apart from mixing', () => {
  const heading = 'Weight decay, 8 epochs of 8,000 images';
  const [bloop, barrier] = ['Bloop', 'Dynamic barrier'].map(
    (method) => cells('weight-decay', heading, method, '### Beside Mixed')[1]!,
  );
  expect(page).toContain(`of Bloop differs by ${bloop}, that of the dynamic barrier by ${barrier}:`);
  for (const difference of [bloop!, barrier!]) {
    const [middle, width] = difference.split(' ± ').map(Number);
    expect(Math.abs(middle!)).toBeLessThan(width!);
  }
});

test('weight decay: two runs of Bloop broke down', () => {
  const records = fromJsonLines(read('../benchmarks/results/weight-decay.jsonl'), 'weight-decay.jsonl');
  const broken = (combiner: string, rho?: number) =>
    records.filter(({ spec, outcome }) => {
      const own = spec.combiner.options as { readonly rho?: number };
      return (
        spec.combiner.id === combiner &&
        own.rho === rho &&
        outcome.state === 'finished' &&
        outcome.metrics['train/cross-entropy']! > 1.6
      );
    }).length;
  expect([broken('bloop', 0.03), broken('mixed')]).toEqual([2, 0]);
});
