import * as tf from '@tensorflow/tfjs-core';
import { startCpu } from '../cpu.ts';
import { described, differenceText, drawCase, type Tolerances, type Verdict } from './agreement.ts';
import { inFloat64 } from './float64.ts';
import { type Case, Draw } from './kernels/draw.ts';
import { kernels } from './kernels/index.ts';
import { differentWeights, tensorOf, type Values } from './values.ts';

/** Of the differences. In float64 their error is about its square, and 1e-16 divided by it. */
const STEP = 1e-5;

/** Products of many elements leave the range of float32. */
const LARGEST = 1e20;

/** One computation, whose gradient with respect to its floats is looked at along one direction. */
export interface Slope {
  readonly drawn: Case;
  /** A direction for each float input. */
  readonly along: readonly Values[];
}

/** TensorFlow.js has no gradients of these, and nobody is known to train through them. */
export const withoutGradient: readonly string[] = ['Bincount', 'DenseBincount'];

export const differentiable: readonly string[] = Object.keys(kernels).filter(
  (name) => !withoutGradient.includes(name),
);

/** Names of kernels, each with what is wrong with its gradient. */
type Problems = Map<string, string>;

/**
 * The kernels whose gradient, on the backend that `start` starts, is not what differences in float64 on the cpu backend are, along random directions, in `draws`
 * computations each.
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

/** Compares one slope on the backend that `start` starts with the difference in float64; 'open' where there is none. */
export async function compareGradient(
  { drawn, along }: Slope,
  start: () => Promise<void>,
  tolerance = 1e-4,
): Promise<Verdict> {
  // Without elements there is no slope; and TensorFlow.js's gradients do not take them where they are broadcast.
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
    // Of the fused convolutions alone. TensorFlow.js says so.
    if (message.includes('dilation rates greater than 1')) return 'open';
    return { actual: message, expected: `the slope ${expected}` };
  }
}

/** What each element adds to the slope, on the current backend. */
async function slopeTerms(drawn: Case, along: readonly Values[]): Promise<number[]> {
  const gradients = gradientsOf(drawn);
  try {
    const values = await Promise.all(gradients.map((gradient) => gradient.data()));
    return values.flatMap((gradient, i) => Array.from(gradient, (x, j) => x * along[i]!.values[j]!));
  } finally {
    tf.dispose(gradients);
  }
}

/** With respect to each input of floats, on the current backend. */
export function gradientsOf(drawn: Case): tf.Tensor[] {
  return tf.tidy(() => {
    const floats = drawn.inputs.filter(({ dtype }) => dtype === 'float32').map(tensorOf);
    return tf.grads((...moved: tf.Tensor[]) => lossOf(drawn, moved)!)(floats);
  });
}

/** The slope by differences, or null where there is no loss to derive, or a corner or a jump nearby. */
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

/** A sum of all outputs that weighs each element differently, so that no error cancels out; null where no output is a float. */
function lossOf({ inputs, compute }: Case, floats: readonly tf.Tensor[]): tf.Scalar | null {
  const rest = [...floats];
  const tensors = inputs.map((input) => (input.dtype === 'float32' ? rest.shift()! : tensorOf(input)));
  const outputs = [compute(...tensors)].flat().filter(({ dtype }) => dtype === 'float32');
  if (outputs.length === 0) return null;
  return tf.addN(outputs.map((output) => tf.sum(tf.mul(output, differentWeights(output.shape)))));
}
