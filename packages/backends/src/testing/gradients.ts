import * as tf from '@tensorflow/tfjs-core';
import { startCpu } from '../cpu.ts';
import { described, differenceText, drawCase, type Tolerances, type Verdict } from './agreement.ts';
import { inFloat64 } from './float64.ts';
import { type Case, Draw } from './kernels/draw.ts';
import { kernels } from './kernels/index.ts';
import { differentWeights, tensorOf, type Values } from './values.ts';

/** The step of the differences. In float64 their error is about its square, plus 1e-16 divided by it. */
const STEP = 1e-5;

/** Products of many elements leave the range of float32. */
const LARGEST = 1e20;

/** A computation, and a direction along which its gradient is compared. */
export interface Slope {
  readonly drawn: Case;
  /** A direction for each float input. */
  readonly along: readonly Values[];
}

/** TensorFlow.js has no gradients of these, and no known model trains through them. */
export const withoutGradient: readonly string[] = ['Bincount', 'DenseBincount'];

export const differentiable: readonly string[] = Object.keys(kernels).filter(
  (name) => !withoutGradient.includes(name),
);

/** Names of kernels, each with the fault of its gradient. */
type Problems = Map<string, string>;

/**
 * The kernels whose gradient on the backend that `start` starts differs from finite differences in float64 on
 * the cpu backend, along random directions, in `draws` computations each.
 */
export async function gradientProblems(
  start: () => Promise<void>,
  draws: number,
  seed: number,
  names: readonly string[] = differentiable,
  tolerances: Tolerances = {},
): Promise<Problems> {
  const problems: Problems = new Map();
  for (const name of names) {
    for (let i = 0; i < draws && !problems.has(name); i++) {
      const slope = drawSlope(name, seed + i);
      const verdict = await compareGradient(slope, start, tolerances[name]);
      if (typeof verdict !== 'string')
        problems.set(name, `draw ${seed + i}, ${described(slope.drawn)}: ${differenceText(verdict)}`);
    }
  }
  return problems;
}

export function drawSlope(name: string, seed: number): Slope {
  const draw = new Draw(Object.keys(kernels).indexOf(name), seed, 1);
  const drawn = drawCase(name, seed);
  const floats = drawn.inputs.filter(({ dtype }) => dtype === 'float32');
  return { drawn, along: floats.map(({ shape }) => draw.tensor(shape, 'float32', -1, 1)) };
}

/**
 * Compares one slope on the backend that `start` starts with the finite difference. 'open' if there is none.
 */
export async function compareGradient(
  { drawn, along }: Slope,
  start: () => Promise<void>,
  tolerance = 1e-4,
): Promise<Verdict> {
  // Without elements there is no slope. TensorFlow.js's gradients also refuse such tensors if they are
  // broadcast.
  if (along.length === 0 || drawn.inputs.some(({ values }) => values.length === 0)) return 'open';
  await startCpu();
  const expected = differenceAlong(drawn, along);
  if (expected === null || Math.abs(expected) > LARGEST) return 'open';
  await start();
  try {
    const terms = await slopeTerms(drawn, along);
    const actual = terms.reduce((sum, x) => sum + x, 0);
    const scale = terms.reduce((sum, x) => sum + Math.abs(x), 1);
    if (Math.abs(actual - expected) <= tolerance * scale) return 'right';
    return { actual: `the slope is ${actual}`, expected: `${expected}` };
  } catch (error) {
    const { message } = error as Error;
    // Only fused convolutions do this. The message comes from TensorFlow.js.
    if (message.includes('dilation rates greater than 1')) return 'open';
    return { actual: message, expected: `the slope ${expected}` };
  }
}

/** The contribution of each element to the slope, on the current backend. */
async function slopeTerms(drawn: Case, along: readonly Values[]): Promise<number[]> {
  const gradients = gradientsOf(drawn);
  try {
    const values = await Promise.all(gradients.map((gradient) => gradient.data()));
    return values.flatMap((gradient, i) => Array.from(gradient, (x, j) => x * along[i]!.values[j]!));
  } finally {
    tf.dispose(gradients);
  }
}

/** The gradient with respect to each float input, on the current backend. */
export function gradientsOf(drawn: Case): tf.Tensor[] {
  return tf.tidy(() => {
    const floats = drawn.inputs.filter(({ dtype }) => dtype === 'float32').map(tensorOf);
    return tf.grads((...moved: tf.Tensor[]) => lossOf(drawn, moved)!)(floats);
  });
}

/**
 * The slope by finite differences. Null if there is no loss to differentiate, or if a corner or a jump is
 * nearby.
 */
function differenceAlong(drawn: Case, along: readonly Values[]): number | null {
  try {
    return inFloat64(() => {
      const at = (step: number): number =>
        tf.tidy(() => {
          let float = 0;
          const moved = drawn.inputs.map((input) => {
            if (input.dtype !== 'float32') return input;
            const direction = along[float++]!.values;
            return { ...input, values: input.values.map((value, i) => value + step * direction[i]!) };
          });
          const floats = moved.filter(({ dtype }) => dtype === 'float32').map(tensorOf);
          return lossOf(drawn, floats)?.dataSync()[0] ?? Number.NaN;
        });
      const [slope, closer] = [STEP, STEP / 8].map((step) => (at(step) - at(-step)) / (2 * step)) as [
        number,
        number,
      ];
      const isSmooth = Math.abs(slope - closer) <= 1e-4 * (1 + Math.abs(slope));
      return isSmooth ? slope : null;
    });
  } catch {
    return null;
  }
}

/**
 * A sum of all outputs with another weight for each element, so that errors cannot cancel. Null if no output
 * is a float.
 */
function lossOf({ inputs, compute }: Case, floats: readonly tf.Tensor[]): tf.Scalar | null {
  const rest = [...floats];
  const tensors = inputs.map((input) => (input.dtype === 'float32' ? rest.shift()! : tensorOf(input)));
  const outputs = [compute(...tensors)].flat().filter(({ dtype }) => dtype === 'float32');
  if (outputs.length === 0) return null;
  return tf.addN(outputs.map((output) => tf.sum(tf.mul(output, differentWeights(output.shape)))));
}
