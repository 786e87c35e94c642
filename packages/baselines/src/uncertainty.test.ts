import { relativeError } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { imtlL } from './imtl-l.ts';
import { derivatives, type LossStep, weightsAt, weightsOf } from './testing/weights.ts';
import { uncertainty } from './uncertainty.ts';

const steps: readonly LossStep[] = [
  { losses: [3, 0.2, 7] },
  { losses: [2, null, 8] },
  { losses: [0.5, 0.3, 1e-3] },
  { losses: [null, 0.1, null] },
  { losses: [4, 5, 6] },
];

/** Weights of Σ ½ exp(−s) L + ½ s, with s trained by explicit Adam on numerical derivatives. */
function explicitly(rate: number): number[][] {
  const state = [0, 1, 2].map(() => ({ s: 0, mean: 0, square: 0, t: 0 }));
  return steps.map(({ losses }) =>
    losses.map((loss, i) => {
      if (loss === null) return 0;
      const own = state[i]!;
      const scalar = (value: number) => 0.5 * Math.exp(-own.s) * value + 0.5 * own.s;
      const weight = derivatives(([x]) => scalar(x!), [loss])[0]!;
      const slope = 0.5 - 0.5 * Math.exp(-own.s) * loss;
      own.t++;
      own.mean = 0.9 * own.mean + 0.1 * slope;
      own.square = 0.999 * own.square + 0.001 * slope ** 2;
      own.s -= (rate * own.mean) / (1 - 0.9 ** own.t) / (Math.sqrt(own.square / (1 - 0.999 ** own.t)) + 1e-8);
      return weight;
    }),
  );
}

test('weights are the derivatives of the scalar, with s trained by an explicit loop, absent objectives left as they are', () => {
  for (const rate of [0.01, 0.3]) {
    const weights = weightsOf(uncertainty({ rate }), steps);
    for (const [step, expected] of explicitly(rate).entries()) {
      expect(relativeError(weights[step]!, expected)).toBeLessThan(1e-10);
    }
  }
});

test('at first all weights are ½, whatever the losses', () => {
  expect(weightsAt(uncertainty(), [1e-10, 1, 1e10, 0, -5])).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
});

test('on losses that stay the weights become 1 / (2 L)', () => {
  const losses = [0.1, 1, 20];
  const weights = weightsOf(uncertainty({ rate: 0.01 }), new Array<LossStep>(3000).fill({ losses })).at(-1)!;
  for (const [i, loss] of losses.entries()) expect(2 * loss * weights[i]!).toBeCloseTo(1, 2);
});

test('it has half the weights of IMTL-L, whose s is −s', () => {
  const [half, whole] = [uncertainty(), imtlL()].map((combiner) => weightsOf(combiner, steps));
  for (const [step, weights] of half!.entries()) {
    // Adam's ε is not quite as small beside gradients of half the length.
    expect(
      relativeError(
        weights.map((x) => 2 * x),
        whole![step]!,
      ),
    ).toBeLessThan(1e-9);
  }
});

test('losses that stay zero or negative: weights grow, and stay finite', () => {
  const weights = weightsOf(uncertainty({ rate: 5 }), new Array<LossStep>(60).fill({ losses: [0, -1] }));
  expect(weights.flat().every(Number.isFinite)).toBe(true);
  expect(weights.at(-1)![0]).toBe(Math.exp(104) / 2);
});
