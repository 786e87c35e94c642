import { randomFrom } from '@scalpel/core';
import { expect, test } from 'vitest';
import { examplesByClass, longTailed, withWrongLabels } from './impaired.ts';

const CLASSES = 10;
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);
const firstOf = (count: number) => Int32Array.from({ length: count }, (_, example) => example);

/** Up to 300 labels, which the seed determines. */
function labelsOf(seed: number): Uint8Array {
  const random = randomFrom(seed, 77);
  return Uint8Array.from({ length: Math.floor(300 * random()) }, () => Math.floor(CLASSES * random()));
}

test.each(SEEDS)('each class has its first examples, and no more than asked for: %i', (seed) => {
  const own = labelsOf(seed);
  const each = 1 + (seed % 40);
  for (const [label, examples] of examplesByClass(own, CLASSES, each).entries()) {
    const all = [...own.keys()].filter((example) => own[example] === label);
    expect([...examples]).toEqual(all.slice(0, each));
  }
});

test.each(SEEDS)('class by class the numbers fall geometrically from all to all / ratio: %i', (seed) => {
  const random = randomFrom(seed, 78);
  const each = 1 + Math.floor(300 * random());
  const ratio = 1 + 99 * random();
  const byClass = firstOf(CLASSES);
  const kept = longTailed(
    [...byClass].map((label) => firstOf(each).map((place) => CLASSES * place + label)),
    ratio,
    seed,
  );
  expect([...kept]).toEqual([...kept].sort((a, b) => a - b));
  const counts = [...byClass].map((label) => {
    const places = [...kept].filter((example) => example % CLASSES === label);
    // The first ones of the class.
    expect(places.map((example) => Math.floor(example / CLASSES))).toEqual([...places.keys()]);
    return places.length;
  });
  expect(counts.sort((a, b) => b - a)).toEqual(
    counts.map((_, place) => Math.max(1, Math.round(each * ratio ** (-place / (CLASSES - 1))))),
  );
});

test('which classes are rare depends on the seed', () => {
  const byClass = [...firstOf(CLASSES)].map((label) => Int32Array.of(label, label + CLASSES));
  const frequent = (seed: number) => String([...longTailed(byClass, 2, seed)].filter((e) => e >= CLASSES));
  expect(new Set(SEEDS.map(frequent)).size).toBeGreaterThan(30);
});

test.each(SEEDS)('exactly that share of the examples has a wrong label, nothing else changes: %i', (seed) => {
  const own = labelsOf(seed);
  const before = own.slice();
  // Every second one trains.
  const examples = firstOf(Math.ceil(own.length / 2)).map((place) => 2 * place);
  const share = (seed % 10) / 10;
  const after = withWrongLabels(own, examples, { share, classes: CLASSES, seed });
  expect(own).toEqual(before);
  const changed = [...own.keys()].filter((example) => own[example] !== after[example]);
  expect(changed).toHaveLength(Math.round(share * examples.length));
  expect(changed.every((example) => example % 2 === 0)).toBe(true);
  expect(after.every((label) => label < CLASSES)).toBe(true);
  expect(withWrongLabels(own, examples, { share, classes: CLASSES, seed })).toEqual(after);
});

test('labels in a Buffer stay as they are', () => {
  const own = Buffer.from([1, 2, 3, 4]);
  withWrongLabels(own, firstOf(4), { share: 0.75, classes: CLASSES, seed: 0 });
  expect([...own]).toEqual([1, 2, 3, 4]);
});

test('each wrong class is equally likely, whatever the right one', () => {
  const count = 30_000;
  const own = Uint8Array.from({ length: count }, (_, example) => example % 3);
  const after = withWrongLabels(own, firstOf(count), { share: 0.9, classes: 3, seed: 4 });
  for (const right of [0, 1, 2]) {
    const [first, second] = [1, 2].map(
      (steps) => own.filter((label, at) => label === right && after[at] === (right + steps) % 3).length,
    );
    // Four standard deviations.
    expect(Math.abs(first! - second!)).toBeLessThan(4 * Math.sqrt(first! + second!));
  }
});
