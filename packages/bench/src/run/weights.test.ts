import type { ConstantCombiner, GramianCombiner, GramianStep, LossCombiner } from '@scalpel/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchWeights } from './weights.ts';

const NAMES = ['main', 'side'];
const rows = NAMES.map((objective, level) => ({ objective, level, batch: 0 }));
const number = fc.integer({ min: -8, max: 8 }).map((value) => value / 8);
/** Coefficients over two gradients and two remembered rows: of the direction, and of both next rows. */
const answer = fc.array(fc.array(number, { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 3 });

/** A combiner with these answers, one for each step. */
const answering = (answers: readonly (readonly (readonly number[])[])[]): GramianCombiner => ({
  name: 'answering',
  needs: 'gramian',
  remembers: () => 2,
  combine: ({ step }) => {
    const [coefficients, ...remember] = answers[step]!;
    return { coefficients: coefficients!, remember };
  },
});
const stepAt = (step: number, given = rows) => ({ step, rows: given }) as unknown as GramianStep;

/** The direction of each step if the gradients are always the unit vectors. */
function directions(answers: readonly (readonly (readonly number[])[])[]): number[][] {
  let remembered = [
    [0, 0],
    [0, 0],
  ];
  return answers.map(([coefficients, ...remember]) => {
    const all = [[1, 0], [0, 1], ...remembered];
    const combined = (row: readonly number[]) =>
      [0, 1].map((place) => row.reduce((sum, c, index) => sum + c * all[index]![place]!, 0));
    remembered = remember.map(combined);
    return combined(coefficients!);
  });
}

test('with gradients that are always the unit vectors, the weights are the direction', () => {
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 6 }), (answers) => {
      const watch = watchWeights(answering(answers), NAMES);
      for (const [step] of answers.entries()) (watch.combiner as GramianCombiner).combine(stepAt(step));
      const found = directions(answers);
      for (const [place, { objective, mean }] of watch.means()!.entries()) {
        expect(objective).toBe(NAMES[place]);
        const expected = found.reduce((sum, direction) => sum + direction[place]!, 0) / answers.length;
        expect(mean).toBeCloseTo(expected, 4);
      }
    }),
  );
});

test('what goes on from a checkpoint ends where it would have ended', () => {
  fc.assert(
    fc.property(fc.array(answer, { minLength: 2, maxLength: 6 }), fc.nat(5), (answers, place) => {
      const until = (place % (answers.length - 1)) + 1;
      const whole = watchWeights(answering(answers), NAMES);
      const first = watchWeights(answering(answers), NAMES);
      for (const [step] of answers.entries()) {
        (whole.combiner as GramianCombiner).combine(stepAt(step));
        if (step < until) (first.combiner as GramianCombiner).combine(stepAt(step));
      }
      const second = watchWeights(answering(answers), NAMES, structuredClone(first.soFar()));
      for (let step = until; step < answers.length; step++)
        (second.combiner as GramianCombiner).combine(stepAt(step));
      expect(second.means()).toEqual(whole.means());
    }),
  );
});

test('a moving average of the main gradient counts to the main objective', () => {
  // d = g0 + g1 − ē / 2, where ē is the average of g0 with rho 1/4, which begins at zero.
  const watch = watchWeights(
    {
      name: 'average',
      needs: 'gramian',
      remembers: () => 1,
      combine: () => ({ coefficients: [1, 1, -0.5], remember: [[0.25, 0, 0.75]] }),
    },
    NAMES,
  );
  for (let step = 0; step < 3; step++) (watch.combiner as GramianCombiner).combine(stepAt(step));
  // The average weighs 0, 1 − 3/4 and 1 − (3/4)² of a gradient.
  const main = 1 - (0 + 0.25 + 0.4375) / 3 / 2;
  expect(watch.means()).toEqual([
    { objective: 'main', mean: Number(main.toPrecision(6)) },
    { objective: 'side', mean: 1 },
  ]);
});

test('rows of several batches add up, and an absent objective has no weight', () => {
  const losses: LossCombiner = {
    name: 'l',
    needs: 'losses',
    combine: ({ rows }) => ({ weights: rows.map(() => 0.25) }),
  };
  const watch = watchWeights(losses, NAMES);
  const { combine } = watch.combiner as LossCombiner;
  combine(stepAt(0, [...rows, { objective: 'main', level: 0, batch: 1 }]));
  combine(stepAt(1, [rows[1]!]));
  expect(watch.means()).toEqual([
    { objective: 'main', mean: 0.25 },
    { objective: 'side', mean: 0.25 },
  ]);
});

test('the answers are those of the combiner itself, also of a frozen one whose methods use this', () => {
  class Own {
    readonly name = 'own';
    readonly needs = 'nothing';
    factor = 3;
    weights() {
      return [this.factor, 2];
    }
  }
  const watch = watchWeights(Object.freeze(new Own()), NAMES);
  expect((watch.combiner as ConstantCombiner).weights(rows, { rows, levels: 2 })).toEqual([3, 2]);
  expect(watch.combiner.name).toBe('own');
  expect(watch.means()).toEqual([
    { objective: 'main', mean: 3 },
    { objective: 'side', mean: 2 },
  ]);
});

test('methods on single elements, and those with a weight for each layer, have no weights', () => {
  const elements = { name: 'e', needs: 'elements', element: () => 0, combine: () => 0 as never } as const;
  const layers: GramianCombiner = { ...answering([]), groups: () => [0, 1] };
  for (const combiner of [elements, layers]) {
    const watch = watchWeights(combiner, NAMES);
    expect([watch.combiner, watch.means()]).toEqual([combiner, null]);
  }
});
