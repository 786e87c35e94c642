import { createTrainer, type Objective, randomFrom } from '@scalpel/core';
import { relativeError } from '@scalpel/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type FamoOptions, famo } from './famo.ts';
import { derivatives, type LossStep, weightsAt, weightsOf } from './testing/weights.ts';

const random = randomFrom(2);
const positive = () => 10 ** (6 * random() - 3);
const steps: readonly LossStep[] = [[], [], [1], [], [0, 2], [], [], []].map((absent) => {
  const losses = [0, 1, 2].map(positive);
  return {
    losses: losses.map((loss, i) => (absent.includes(i) ? null : loss)),
    lossesAfter: losses.map((loss) => loss * (0.6 + 0.5 * random())),
  };
});

/**
 * The published recurrence, with softmax and its derivative written out, and Adam with weight decay in the
 * gradient.
 */
class Explicit {
  readonly #state = [0, 1, 2].map(() => ({ xi: 0, mean: 0, square: 0, t: 0 }));
  readonly #options: Required<FamoOptions> & { readonly minimum: number };

  constructor(options: Required<FamoOptions> & { readonly minimum: number }) {
    this.#options = options;
  }

  #height(loss: number): number {
    return loss - this.#options.minimum + this.#options.regularization;
  }

  #z(present: readonly number[]): number[] {
    const parts = present.map((i) => Math.exp(this.#state[i]!.xi));
    return parts.map((part) => part / parts.reduce((a, b) => a + b));
  }

  /** The derivatives of c Σ z log(L − b), with c and z constant. */
  weights(losses: readonly number[], present: readonly number[]): number[] {
    const z = this.#z(present);
    const c = 1 / z.reduce((sum, share, k) => sum + share / this.#height(losses[k]!), 0);
    const scalar = (values: readonly number[]) =>
      values.reduce((sum, loss, k) => sum + c * z[k]! * Math.log(this.#height(loss)), 0);
    return derivatives(scalar, losses);
  }

  learn(before: readonly number[], after: readonly number[], present: readonly number[]): void {
    const { rate, decay } = this.#options;
    const z = this.#z(present);
    const falls = before.map((loss, k) => Math.log(this.#height(loss)) - Math.log(this.#height(after[k]!)));
    for (const [k, i] of present.entries()) {
      const own = this.#state[i]!;
      let slope = decay * own.xi;
      // ∂zⱼ/∂ξᵢ = zⱼ (δᵢⱼ − zᵢ)
      for (const j of present.keys()) slope += falls[j]! * z[j]! * ((j === k ? 1 : 0) - z[k]!);
      own.t++;
      own.mean = 0.9 * own.mean + 0.1 * slope;
      own.square = 0.999 * own.square + 0.001 * slope ** 2;
      own.xi -=
        (rate * own.mean) / (1 - 0.9 ** own.t) / (Math.sqrt(own.square / (1 - 0.999 ** own.t)) + 1e-8);
    }
  }
}

test('weights are the derivatives of the scalar, with ξ trained by an explicit loop, objectives absent now and then', () => {
  for (const options of [
    { rate: 0.025, decay: 1e-3, minimum: 0, regularization: 0 },
    { rate: 0.5, decay: 0.1, minimum: -0.1, regularization: 1e-3 },
  ]) {
    const explicit = new Explicit(options);
    const weights = weightsOf(famo(options), steps);
    for (const [index, { losses, lossesAfter }] of steps.entries()) {
      const present = [0, 1, 2].filter((i) => losses[i] !== null);
      const own = present.map((i) => losses[i]!);
      const actual = present.map((i) => weights[index]![i]!);
      expect(relativeError(actual, explicit.weights(own, present))).toBeLessThan(1e-9);
      const after = present.map((i) => lossesAfter![i]!);
      explicit.learn(own, after, present);
    }
  }
});

test('at first the weights are in proportion to 1 / (L − b) and add up to one, at any scale', () => {
  const weights = weightsAt(famo({ minimum: [0, 1] }), [1e-10, 1 + 1e10]);
  expect(weights[0]! + weights[1]!).toBeCloseTo(1, 15);
  expect(weights[1]! / weights[0]!).toBeCloseTo(1e-20, 25);
  expect(relativeError(weightsAt(famo(), [1, 3]), [0.75, 0.25])).toBeLessThan(1e-15);
});

test('an objective whose loss falls faster loses weight', () => {
  const falling = new Array<LossStep>(50).fill({ losses: [1, 1], lossesAfter: [0.9, 0.99] });
  const weights = weightsOf(famo(), falling).at(-1)!;
  expect(weights[0]).toBeLessThan(0.2);
});

test('without a look at the losses after the step nothing is learned', () => {
  const blind = steps.map(({ losses }) => ({ losses }));
  for (const [index, weights] of weightsOf(famo(), blind).entries()) {
    const heights = steps[index]!.losses.map((loss) => (loss === null ? 0 : 1 / loss));
    const total = heights.reduce((a, b) => a + b);
    expect(
      relativeError(
        weights,
        heights.map((x) => x / total),
      ),
    ).toBeLessThan(1e-13);
  }
});

test('a loss that falls below its minimum in the step teaches nothing', () => {
  const after = [
    { losses: [1, 2], lossesAfter: [-1, 1] },
    { losses: [1, 2], lossesAfter: [1, 1] },
  ];
  expect(weightsOf(famo(), after)[1]).toEqual(weightsAt(famo(), [1, 2]));
});

test('a loss that is not above its minimum is refused, with both', () => {
  expect(() => weightsAt(famo({ minimum: [0, 0.5] }), [1, 0.5])).toThrow(
    'famo: the loss of "objective 1" is 0.5, but must be above its minimum 0.5, because the logarithm of the difference is taken. Give a lower minimum',
  );
  expect(() => weightsAt(famo({ minimum: [1] }), [1, 2])).toThrow(
    'famo: minimum has 1 numbers for 2 objectives',
  );
});

test('in training it looks again at the same batch, after the step', async () => {
  const theta = tf.tidy(() => tf.variable(tf.tensor1d([2, -1])));
  const seen: { readonly batch: number; readonly theta: readonly number[] }[] = [];
  const objectives = [1, 3].map(
    (target, index): Objective<number> => ({
      name: `objective ${index}`,
      priority: 0,
      loss: (batch) => {
        if (index === 0) seen.push({ batch, theta: [...theta.dataSync()] });
        return tf.sum(tf.square(tf.sub(theta, target * batch)));
      },
    }),
  );
  const optimizer = tf.train.sgd(0.1);
  const trainer = createTrainer({ objectives, combiner: famo({ rate: 0.5 }), optimizer, variables: [theta] });
  const batches = [1, 2, 1];
  const coefficients: (readonly number[])[] = [];
  for (const batch of batches) coefficients.push((await trainer.step(batch)).coefficients);
  expect(seen.map(({ batch }) => batch)).toEqual([1, 1, 2, 2, 1, 1]);
  // The losses after the step are those of the moved variables. The next step starts from there.
  for (const step of [0, 1, 2]) {
    expect(seen[2 * step + 1]!.theta).not.toEqual(seen[2 * step]!.theta);
    if (step > 0) expect(seen[2 * step]!.theta).toEqual(seen[2 * step - 1]!.theta);
  }
  const lossesAt = ({ batch, theta: at }: (typeof seen)[number]) =>
    [1, 3].map((target) => at.reduce((sum, x) => sum + (x - target * batch) ** 2, 0));
  const expected = weightsOf(
    famo({ rate: 0.5 }),
    batches.map((_, step) => ({
      losses: lossesAt(seen[2 * step]!),
      lossesAfter: lossesAt(seen[2 * step + 1]!),
    })),
  );
  for (const [step, own] of coefficients.entries()) {
    expect(relativeError(own, expected[step]!)).toBeLessThan(1e-5);
  }
  trainer.dispose();
  optimizer.dispose();
  theta.dispose();
});
