import { expect, test } from 'vitest';
import { page, read } from './published.ts';

// What docs/findings.md says of stationarity, checked against the page that a program wrote.

const rows = read('../benchmarks/questions/stationarity.md')
  .split('\n')
  .filter((line) => /^\| (Mixed|Bloop) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const highest = (cell: string) => Number(cell.match(/to ([\d.]+)\)/)![1]);
const lowest = (cell: string) => Number(cell.match(/\(([\d.]+) to/)![1]);

test('the numbers are those of the end of training', () => {
  const [, , , , auxiliary, bound, residual] = rows.at(-1)!;
  expect(rows.at(-1)!.slice(1, 3)).toEqual(['Bloop', '100 %']);
  expect(page).toContain(`ends at ${residual} with ‖gₐ‖ at ${auxiliary}, over`);
  expect(page).toContain(`held at every look, ${bound} in the end`);
});

test('the bound held with every seed at every look', () => {
  expect(rows).toHaveLength(8);
  for (const [, , , , , bound, residual] of rows) expect(highest(residual!)).toBeLessThan(lowest(bound!));
});

test('mixing is no different', () => {
  const [mixed, bloop] = [rows[3]!, rows[7]!].map((row) => Number(row[6]!.split(' ')[0]));
  expect(Math.abs(mixed! - bloop!)).toBeLessThan(0.005);
});
