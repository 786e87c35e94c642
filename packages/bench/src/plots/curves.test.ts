import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { renderCurvesSvg } from './curves.ts';

const svgOf = (points: readonly (readonly [number, number])[]) =>
  parseHTML(
    renderCurvesSvg({
      title: 'Time & size',
      x: 'size',
      y: 'time',
      curves: [
        { name: 'one', points },
        { name: 'another', points },
        { name: 'bound', points, isReference: true },
      ],
    }),
  ).document;

test('a curve that grows like a power is a straight line', () => {
  const document = svgOf([1, 10, 100, 1000].map((x) => [x, 3 * x ** 2]));
  const dots = [...document.querySelectorAll('circle')].slice(0, 4);
  const [x, y] = ['cx', 'cy'].map((side) => dots.map((dot) => Number(dot.getAttribute(side))));
  for (const positions of [x!, y!]) {
    const steps = positions.slice(1).map((position, index) => position - positions[index]!);
    for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 6);
    expect(steps[0]).not.toBe(0);
  }
});

test('names of curves that end together do not lie on each other', () => {
  const document = svgOf([
    [1, 1],
    [8, 5],
  ]);
  const texts = [...document.querySelectorAll('text')].filter(({ textContent }) =>
    ['one', 'another', 'bound'].includes(textContent ?? ''),
  );
  const heights = texts.map((text) => Number(/,([\d.]+)\)/.exec(text.getAttribute('transform') ?? '')?.[1]));
  expect(heights).toHaveLength(3);
  const sorted = heights.toSorted((a, b) => a - b);
  for (const [index, height] of sorted.slice(1).entries())
    expect(height - sorted[index]!).toBeGreaterThan(12);
});

test('a single point and a constant are drawn, and what is in the title is escaped', () => {
  expect(svgOf([[5, 5]]).querySelectorAll('circle')).toHaveLength(2);
  const document = svgOf([
    [1, 2],
    [3, 2],
  ]);
  expect(document.querySelector('title')?.textContent).toBe('Time & size');
  expect(document.toString()).not.toMatch(/NaN|Infinity/);
});
