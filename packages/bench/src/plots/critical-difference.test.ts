import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { MeanRanks } from '../statistics/mean-ranks.ts';
import { renderCriticalDifferenceSvg } from './critical-difference.ts';
import type { Look } from './looks.ts';

const ranks: MeanRanks = {
  problems: ['a', 'b'],
  methods: ['First', 'Second', 'Third', '<Last>'].map((label, index) => ({ label, rank: 1 + index })),
  p: 0.01,
  criticalDifference: 1.5,
};
const looks = new Map<string, Look>(
  ranks.methods.map(({ label }, index) => [label, { colour: `#00000${index}`, symbol: 'circle' }]),
);
const draw = (changes: Partial<MeanRanks> = {}) => {
  const svg = renderCriticalDifferenceSvg({ ...ranks, ...changes }, looks);
  return { svg, document: parseHTML(svg).document };
};
const number = (element: { getAttribute(name: string): string | null }, name: string) =>
  Number(element.getAttribute(name));

test('has every method at its mean rank, on an axis from the first to the last', () => {
  const { document } = draw();
  const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
  expect(texts).toEqual(expect.arrayContaining(['First  1', 'Second  2', 'Third  3', '<Last>  4']));
  const places = [...document.querySelectorAll('circle')].map((circle) => number(circle, 'cx'));
  const steps = places.slice(1).map((place, index) => place - places[index]!);
  expect(new Set(steps.map((step) => step.toFixed(6))).size).toBe(1);
  expect(steps[0]).toBeGreaterThan(0);
});

test('the ruler is as long as the critical difference, or as the axis where it is longer, and says so', () => {
  const ruler = ({ document }: ReturnType<typeof draw>) => {
    const [line] = document.querySelectorAll('line');
    return number(line!, 'x2') - number(line!, 'x1');
  };
  const [first, second] = [...draw().document.querySelectorAll('circle')].map((dot) => number(dot, 'cx'));
  expect(ruler(draw())).toBeCloseTo(1.5 * (second! - first!), 9);
  const long = draw({ criticalDifference: 9 });
  expect(ruler(long)).toBeCloseTo(3 * (second! - first!), 9);
  expect(long.svg).toContain('critical difference 9, more than the axis is long');
});

test('a broad line lies over each run of methods that do not differ, and none where all differ', () => {
  const broad = ({ document }: ReturnType<typeof draw>) =>
    [...document.querySelectorAll('line')].filter((line) => line.getAttribute('stroke-width') === '4').length;
  expect(broad(draw())).toBe(3);
  expect(broad(draw({ criticalDifference: 2.5 }))).toBe(2);
  expect(broad(draw({ criticalDifference: 3 }))).toBe(1);
  expect(broad(draw({ criticalDifference: 0.5 }))).toBe(0);
});

test('holds numbers only, and is the same every time', () => {
  expect(draw().svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(draw().svg).toBe(draw().svg);
});
