import { expect, test } from 'vitest';
import { createEstimate } from './estimate.ts';

function clocked() {
  let time = 0;
  return { estimate: createEstimate(() => time), pass: (seconds: number) => (time += seconds) };
}

test('nothing is known of a task that has not been seen', () => {
  const { estimate, pass } = clocked();
  expect(estimate.secondsLeft(['a'], 1)).toBeNull();
  estimate.started('1', 'a');
  pass(10);
  estimate.ended('1', true);
  expect(estimate.secondsLeft(['a', 'a'], 1)).toBe(20);
  expect(estimate.secondsLeft(['a', 'b'], 1)).toBeNull();
});

test('a running run promises what it will take', () => {
  const { estimate, pass } = clocked();
  estimate.started('1', 'a');
  pass(10);
  estimate.progress('1', 0.25);
  // 30 s of its 40 s are left, and the waiting run takes 40 s.
  expect(estimate.secondsLeft(['a'], 1)).toBe(70);
  expect(estimate.secondsLeft(['a'], 2)).toBe(35);
});

test('workers cannot share one run', () => {
  const { estimate, pass } = clocked();
  estimate.started('1', 'a');
  pass(10);
  estimate.progress('1', 0.5);
  expect(estimate.secondsLeft([], 8)).toBe(10);
});

test('a run that stopped early teaches nothing, one that takes longer than the rest is about to end', () => {
  const { estimate, pass } = clocked();
  estimate.started('1', 'a');
  pass(1);
  estimate.ended('1', false);
  expect(estimate.secondsLeft(['a'], 1)).toBeNull();
  estimate.started('2', 'a');
  pass(5);
  estimate.ended('2', true);
  estimate.started('3', 'a');
  pass(100);
  expect(estimate.secondsLeft([], 1)).toBe(0);
  expect(estimate.secondsLeft(['a'], 1)).toBe(5);
});

test('nothing left takes no time', () => {
  expect(clocked().estimate.secondsLeft([], 4)).toBe(0);
});
