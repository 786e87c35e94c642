import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { SuiteEntry } from '../plan/suite.ts';
import { type Answer, heldOut, leaderboardOf, methods, trainOnly } from '../testing/leaderboard.ts';
import { looksOf } from './looks.ts';
import { renderMixedLossSvg } from './mixed-loss.ts';

function draw(answer: Answer, changes: Partial<SuiteEntry> = {}): string | null {
  const leaderboard = leaderboardOf(answer, changes);
  return renderMixedLossSvg(leaderboard.boards[0]!, looksOf(leaderboard));
}

const paths = (svg: string, label: string) =>
  parseHTML(svg).document.querySelectorAll(`g[aria-label="${label}"] path`).length;

test('has a line and a band for each other method on each split', () => {
  const svg = draw(heldOut)!;
  expect(paths(svg, 'line')).toBe(4);
  expect(paths(svg, 'area')).toBe(4);
  expect(svg).toContain('on train data');
  expect(svg).toContain('on test data');
  expect(svg).toContain('% above Plain');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('ends at twice the loss of plain mixing, however far a method goes, and names the methods', () => {
  const far: Answer = (spec, lambda) =>
    spec.combiner.id === 'weighted' ? { 'train/main': 1e6, 'train/side': 1e6 } : trainOnly(spec, lambda);
  const ticks = (answer: Answer) =>
    [...parseHTML(draw(answer)!).document.querySelectorAll('g[aria-label="y-axis tick label"] text')].map(
      ({ textContent }) => Number(textContent!.replace('−', '-')),
    );
  expect(Math.max(...ticks(far))).toBe(100);
  expect(Math.max(...ticks(trainOnly))).toBeLessThan(100);
  const texts = [...parseHTML(draw(far)!).document.querySelectorAll('text')].map(
    ({ textContent }) => textContent,
  );
  expect(texts).toEqual(expect.arrayContaining(['Ours', 'Plain', 'Other']));
});

test('has no bands with a single seed', () => {
  const svg = draw(trainOnly, { seeds: [0] })!;
  expect(paths(svg, 'line')).toBe(2);
  expect(paths(svg, 'area')).toBe(0);
});

test('is not drawn without plain mixing, while its runs are missing, and where its loss is not positive', () => {
  expect(draw(trainOnly, { methods: methods.slice(1) })).toBeNull();
  expect(
    draw((spec, lambda) =>
      spec.combiner.id === 'mixed' && spec.seed === 1 ? null : trainOnly(spec, lambda),
    ),
  ).toBeNull();
  expect(draw((spec, lambda) => ({ ...(trainOnly(spec, lambda) as object), 'train/side': -1 }))).toBeNull();
});

test('leaves out a method without a score', () => {
  const failing = draw((spec, lambda) =>
    spec.combiner.id === 'other' ? { state: 'failed', reason: 'gone' } : trainOnly(spec, lambda),
  )!;
  expect(paths(failing, 'line')).toBe(1);
});
