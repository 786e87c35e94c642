import { relativeError } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { imtlL } from './imtl-l.ts';
import { derivatives, type LossStep, weightsAt, weightsOf } from './testing/weights.ts';

test('weights are the derivatives of Σ exp(s) L − s, with s trained by an explicit loop', () => {
  const rate = 0.2;
  const steps = [
    [3, 0.2],
    [2, 1e-4],
    [30, 0.3],
    [4, 5],
  ];
  const state = [0, 1].map(() => ({ s: 0, mean: 0, square: 0 }));
  const weights = weightsOf(
    imtlL({ rate }),
    steps.map((losses) => ({ losses })),
  );
  for (const [step, losses] of steps.entries()) {
    const scalar = (values: readonly number[]) =>
      values.reduce((sum, loss, i) => sum + Math.exp(state[i]!.s) * loss - state[i]!.s, 0);
    expect(relativeError(weights[step]!, derivatives(scalar, losses))).toBeLessThan(1e-9);
    for (const [i, own] of state.entries()) {
      const slope = Math.exp(own.s) * losses[i]! - 1;
      own.mean = 0.9 * own.mean + 0.1 * slope;
      own.square = 0.999 * own.square + 0.001 * slope ** 2;
      const corrections = [1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)] as const;
      own.s -= (rate * own.mean) / corrections[0] / (Math.sqrt(own.square / corrections[1]) + 1e-8);
    }
  }
});

test('at first it is the sum', () => {
  expect(weightsAt(imtlL(), [1e-10, 1, 1e10])).toEqual([1, 1, 1]);
});

test('on losses that stay the weighted losses become 1', () => {
  const losses = [0.1, 1, 20];
  const weights = weightsOf(imtlL(), new Array<LossStep>(3000).fill({ losses })).at(-1)!;
  for (const [i, loss] of losses.entries()) expect(loss * weights[i]!).toBeCloseTo(1, 2);
});

test('an absent objective keeps its scale', () => {
  const present = weightsOf(imtlL(), [{ losses: [2, 3] }, { losses: [2, 3] }, { losses: [2, 3] }]);
  const absent = weightsOf(imtlL(), [{ losses: [2, 3] }, { losses: [null, 3] }, { losses: [2, 3] }]);
  expect(absent[1]).toEqual([0, present[1]![1]]);
  expect(absent[2]).toEqual([present[1]![0], present[2]![1]]);
});

test('a loss that is not positive is refused', () => {
  expect(() => weightsAt(imtlL(), [1, -2])).toThrow(
    'imtl-l: the loss of "objective 1" is -2, but must be > 0',
  );
});
