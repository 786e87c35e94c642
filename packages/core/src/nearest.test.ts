import { expect, test } from 'vitest';
import { nearest, suggestion } from './nearest.ts';

const names = ['bloop', 'pcgrad', 'cagrad', 'dynamic-barrier', 'go'];

test.each([
  ['blop', 'bloop'],
  ['BLOOP', 'bloop'],
  ['pgcrad', 'pcgrad'],
  ['dinamic-bariers', 'dynamic-barrier'],
])('%s is a mistyped %s', (name, expected) => {
  expect(nearest(name, names)).toBe(expected);
});

test('a name may be shortened, but not to almost nothing', () => {
  expect(nearest('dynamic', names)).toBe('dynamic-barrier');
  expect(nearest('dy', names)).toBeUndefined();
});

test('nothing is near to a name with which it shares no letter, however short both are', () => {
  expect(nearest('xy', names)).toBeUndefined();
  expect(nearest('something', names)).toBeUndefined();
});

test('a message ends with the nearest name, or else with all of them', () => {
  expect(suggestion('cagrd', names)).toBe('Did you mean "cagrad"?');
  expect(suggestion('x', ['one', 'two'])).toBe('Known: one, two.');
  expect(suggestion('x', [])).toBe('There are none.');
});
