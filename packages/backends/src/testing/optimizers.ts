import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** One step of one element, in float64: from the value, the gradient and the state to the next value. */
type Step = (value: number, gradient: number, kept: number[], step: number) => number;

interface Method {
  readonly create: () => tf.Optimizer;
  readonly step: Step;
}

const RATE = 0.1;
const EPSILON = 1e-7;

function momentum(nesterov: boolean): Method {
  return {
    create: () => tf.train.momentum(RATE, 0.9, nesterov),
    step: (value, gradient, kept) => {
      kept[0] = 0.9 * (kept[0] ?? 0) + gradient;
      return value - RATE * (nesterov ? gradient + 0.9 * kept[0] : kept[0]);
    },
  };
}

/** The formulas of the optimizers of TensorFlow.js 4.22, for one element. */
const methods: Readonly<Record<string, Method>> = {
  sgd: { create: () => tf.train.sgd(RATE), step: (value, gradient) => value - RATE * gradient },
  momentum: momentum(false),
  Nesterov: momentum(true),
  adagrad: {
    create: () => tf.train.adagrad(RATE, 0.1),
    step: (value, gradient, kept) => {
      kept[0] = (kept[0] ?? 0.1) + gradient ** 2;
      return value - (RATE * gradient) / Math.sqrt(kept[0] + EPSILON);
    },
  },
  // It divides by the average before this gradient.
  adadelta: {
    create: () => tf.train.adadelta(RATE, 0.95),
    step: (value, gradient, kept) => {
      const [squares, updates] = [kept[0] ?? 0, kept[1] ?? 0];
      const update = Math.sqrt((updates + EPSILON) / (squares + EPSILON)) * gradient;
      kept[0] = 0.95 * squares + 0.05 * gradient ** 2;
      kept[1] = 0.95 * updates + 0.05 * update ** 2;
      return value - RATE * update;
    },
  },
  adam: {
    create: () => tf.train.adam(RATE, 0.9, 0.999),
    step: (value, gradient, kept, step) => {
      kept[0] = 0.9 * (kept[0] ?? 0) + 0.1 * gradient;
      kept[1] = 0.999 * (kept[1] ?? 0) + 0.001 * gradient ** 2;
      const size = Math.sqrt(kept[1] / (1 - 0.999 ** step)) + EPSILON;
      return value - (RATE * kept[0]) / (1 - 0.9 ** step) / size;
    },
  },
  adamax: {
    create: () => tf.train.adamax(RATE, 0.9, 0.999),
    step: (value, gradient, kept, step) => {
      kept[0] = 0.9 * (kept[0] ?? 0) + 0.1 * gradient;
      kept[1] = Math.max(0.999 * (kept[1] ?? 0), Math.abs(gradient));
      return value - (RATE * kept[0]) / (1 - 0.9 ** step) / (kept[1] + EPSILON);
    },
  },
  rmsprop: {
    create: () => tf.train.rmsprop(RATE, 0.9, 0.5, EPSILON),
    step: (value, gradient, kept) => {
      kept[0] = 0.9 * (kept[0] ?? 0) + 0.1 * gradient ** 2;
      kept[1] = 0.5 * (kept[1] ?? 0) + (RATE * gradient) / Math.sqrt(kept[0] + EPSILON);
      return value - kept[1];
    },
  },
  'centered rmsprop': {
    create: () => tf.train.rmsprop(RATE, 0.9, 0.5, EPSILON, true),
    step: (value, gradient, kept) => {
      kept[0] = 0.9 * (kept[0] ?? 0) + 0.1 * gradient ** 2;
      kept[1] = 0.9 * (kept[1] ?? 0) + 0.1 * gradient;
      const variance = kept[0] - kept[1] ** 2 + EPSILON;
      kept[2] = 0.5 * (kept[2] ?? 0) + (RATE * gradient) / Math.sqrt(variance);
      return value - kept[2];
    },
  },
};

/** Gradients up to a size whose square float32 still holds. */
const SIZES = [0, 1e-15, 1e-9, 1e-5, 1e-3, 1, 1e3, 1e9, 1e15];
const STEPS = 6;

/**
 * The gradient of an element at a step. Each element has its own size. Sign and factor change with the step.
 */
function gradientAt(element: number, step: number): number {
  const factor = [1, -0.5, 2, 1, 1.5, -0.25][(step + element) % 6]!;
  return Math.fround(SIZES[Math.floor(element / 2)]! * factor * (element % 2 === 0 ? 1 : -1));
}

/**
 * Tests that optimizers take the steps of their float64 formulas on the backend that `start` starts. The
 * tolerance is 1e-4 of each element's path, because Adam's corrections in the first steps are differences
 * from one.
 */
export function describeOptimizers(start: () => Promise<void>): void {
  test.each(Object.entries(methods))('%s takes the steps of its formula', async (_name, { create, step }) => {
    await start();
    const elements = Array.from({ length: 2 * SIZES.length }, (_, element) => element);
    // Starts at zero, so that a small step is not lost beside a large value.
    const variable = tf.tidy(() => tf.variable(tf.zeros([elements.length])));
    const optimizer = create();
    const kept = elements.map((): number[] => []);
    const expected = elements.map(() => 0);
    for (let count = 1; count <= STEPS; count++) {
      const gradients = elements.map((element) => gradientAt(element, count));
      tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d(gradients) }));
      const actual = await variable.data();
      for (const element of elements) {
        const next = step(expected[element]!, gradients[element]!, kept[element]!, count);
        const way = Math.max(Math.abs(next), Math.abs(next - expected[element]!));
        expected[element] = next;
        const text = `step ${count}, gradient ${gradients[element]}`;
        expect(Math.abs(actual[element]! - next), text).toBeLessThanOrEqual(1e-4 * way + 1e-30);
      }
    }
    optimizer.dispose();
    const { c, m } = optimizer as { readonly c?: tf.Tensor; readonly m?: tf.Tensor };
    tf.dispose([variable, c ?? [], m ?? []]);
  });
}
