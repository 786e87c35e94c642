import { expect, test } from 'vitest';
import { troubleLines } from './troubles.ts';

const trouble = (seed: number, what: string) => ({ run: `toy, Fixed, seed ${seed}`, what });

test('what befell many runs is said once, with their number and the first of them', () => {
  const failed = Array.from({ length: 18 }, (_, seed) => trouble(seed, 'failed: the data is gone'));
  expect(troubleLines([trouble(7, 'diverged at step 1'), ...failed])).toEqual([
    'toy, Fixed, seed 7 diverged at step 1',
    '18 runs (toy, Fixed, seed 0; toy, Fixed, seed 1; toy, Fixed, seed 2; and 15 more) failed: the data is gone',
  ]);
  expect(troubleLines(failed.slice(0, 2))).toEqual([
    '2 runs (toy, Fixed, seed 0; toy, Fixed, seed 1) failed: the data is gone',
  ]);
  expect(troubleLines([])).toEqual([]);
});
