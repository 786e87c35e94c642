import { readFileSync } from 'node:fs';
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
