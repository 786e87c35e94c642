import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import { type Answer, planOf, recordsOf } from '../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../testing/priced.ts';
import { looksOf } from './looks.ts';
import { renderPriceSvg } from './price.ts';

function drawn(answer: Answer, lambda: readonly number[], changes = {}) {
  const plan = planOf([pricedEntry(lambda, { seeds: [0, 1, 2], ...changes })]);
  const leaderboard = createLeaderboard(plan, recordsOf(plan, answer));
  const looks = looksOf(leaderboard);
  const svg = renderPriceSvg(leaderboard.boards[0]!, looks);
  return { svg, looks, document: parseHTML(svg ?? '').document };
}

/** Lambda is the rise in percent, and what it buys; the seeds of ours differ. */
const answer = answerOf((spec, lambda) => {
  const noise = methodOf(spec) === 'Ours' ? (spec.seed - 1) / 1000 : 0;
  return methodOf(spec) === 'Alone' ? [1, 20] : [1 + lambda / 100 + noise, 20 - lambda];
});
const { svg, looks, document } = drawn(answer, [1, 4, 50]);

describe('the picture of prices', () => {
  const dots = [...document.querySelectorAll('[aria-label="dot"]')][0]!.querySelectorAll('path');

  test('has a mark for each setting that was chosen, and for main alone', () => {
    const titles = [...dots].map((dot) => dot.querySelector('title')!.textContent);
    expect(titles).toEqual([
      'Plain, lambda 1\n19 ± 0\nrise +1 ± 0 %',
      'Plain, lambda 4\n16 ± 0\nrise +4 ± 0 %',
      'Ours, lambda 1\n19 ± 0\nrise +1.00 ± 0.25 %',
      'Ours, lambda 4\n16 ± 0\nrise +4.00 ± 0.25 %',
      'Alone\n20 ± 0',
    ]);
    expect(dots[0]!.getAttribute('fill')).toBe(looks.get('Plain')!.colour);
  });

  test('joins each method from main alone on, in the order of the budgets, and says that nothing was run between', () => {
    const lines = [...document.querySelectorAll('[aria-label="line"] path')].map((path) =>
      path
        .getAttribute('d')!
        .slice(1)
        .split('L')
        .map((pair: string) => pair.split(',').map(Number)),
    ) as number[][][];
    for (const line of lines.slice(0, 2)) {
      expect(line).toHaveLength(3);
      const [xs, ys] = [0, 1].map((axis) => line.map((point) => point[axis]!));
      expect(xs).toEqual(xs!.toSorted((a, b) => a - b));
      // Lower losses are further down.
      expect(ys).toEqual(ys!.toSorted((a, b) => a - b));
      // Both axes are linear: 1 % buys 1, and 4 % buy 4.
      expect((xs![2]! - xs![0]!) / (xs![1]! - xs![0]!)).toBeCloseTo(4, 1);
      expect((ys![2]! - ys![0]!) / (ys![1]! - ys![0]!)).toBeCloseTo(4, 1);
    }
    expect(document.documentElement.textContent).toContain('between them nothing was run');
  });

  test('has ticks at the budgets that it shows, and none beside the plane', () => {
    const ticks = [...document.querySelectorAll('[aria-label="x-axis tick label"] text')];
    expect(ticks.map(({ textContent }) => textContent)).toEqual(['0', '1', '2']);
  });

  test('is the same every time, holds numbers only, and is left out without prices', () => {
    expect(drawn(answer, [1, 4, 50]).svg).toBe(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(drawn(answer, [1], { price: {} }).svg).toBeNull();
    const nothing = drawn(
      answerOf(() => [1, 2]),
      [1],
    ).svg;
    expect(nothing).not.toMatch(/NaN|Infinity|undefined/);
  });
});
