import { randomFrom } from '@scalpel/core';
import { relativeError } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { geometricMean } from './geometric-mean.ts';
import { derivatives, weightsAt, weightsOf } from './testing/weights.ts';

const scalar = (losses: readonly number[]) =>
  Math.exp(losses.reduce((sum, loss) => sum + Math.log(loss), 0) / losses.length);

test('weights are the derivatives of (Π L)^(1/K), for losses of any size', () => {
  const random = randomFrom(1);
  for (let draw = 0; draw < 100; draw++) {
    const losses = Array.from({ length: 1 + (draw % 6) }, () => 10 ** (20 * random() - 10));
    const weights = weightsAt(geometricMean(), losses);
    for (const [i, slope] of derivatives(scalar, losses).entries()) {
      expect(weights[i]! / slope).toBeCloseTo(1, 8);
    }
  }
});

test('every objective has the same share: wᵢ Lᵢ is the same for all, and they add up to the scalar', () => {
  const losses = [1e-10, 2, 3e10];
  for (const [i, weight] of weightsAt(geometricMean(), losses).entries()) {
    expect((3 * weight * losses[i]!) / scalar(losses)).toBeCloseTo(1, 12);
  }
});

test('two losses: ½ √(L₂ / L₁) and ½ √(L₁ / L₂)', () => {
  expect(relativeError(weightsAt(geometricMean(), [4, 9]), [3 / 4, 1 / 3])).toBeLessThan(1e-14);
});

test('absent objectives do not count', () => {
  const weights = weightsOf(geometricMean(), [{ losses: [4, null, 9] }])[0]!;
  expect(relativeError(weights, [3 / 4, 0, 1 / 3])).toBeLessThan(1e-14);
});

test('a loss that is not positive is refused', () => {
  expect(() => weightsAt(geometricMean(), [0, 1])).toThrow(
    'geometric-mean: the loss of "objective 0" is 0, but must be > 0, because its logarithm is taken. Add a constant',
  );
});
