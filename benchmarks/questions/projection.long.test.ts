import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectedRemoved, noiseAt, removedAt, restOf } from './projection.ts';

const page = readFileSync(new URL('projection.md', import.meta.url), 'utf8');

test('the page is what the program finds', () => {
  const { toBloop, toMixed } = [0, 1, 2]
    .map((seed) => noiseAt(1, 20_000, seed))
    .reduce((sum, one) => ({
      toBloop: sum.toBloop + one.toBloop,
      toMixed: sum.toMixed + one.toMixed,
    }));
  expect(page).toMatch(
    new RegExp(`\\|\\s+1 \\|\\s+${(toBloop / 3).toFixed(3)} \\|\\s+${(toMixed / 3).toFixed(3)} \\|`),
  );
  const cell = (rho: number) =>
    `${removedAt(0.1, rho, 20_000, 0).toFixed(3)} (${expectedRemoved(0.1, rho).toFixed(3)})`;
  expect(page).toContain(`| ${[1, 0.1, 0.01].map(cell).join(' | ')} |`);
  for (const lambda of [0.01, 0.1, 1]) expect(page).toContain(restOf(lambda).toExponential(1));
});
