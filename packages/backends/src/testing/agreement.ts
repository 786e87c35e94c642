import * as tf from '@tensorflow/tfjs-core';
import { startCpu } from '../cpu.ts';
import { inFloat64 } from './float64.ts';
import { type Case, Draw, type Kernels } from './kernels/draw.ts';
import { kernels } from './kernels/index.ts';
import { results, tensorOf, type Values } from './values.ts';

/** The values that identify one computation. Drawn from them again, it is the same. */
interface Drawn {
  readonly name: string;
  readonly seed: number;
}

/** The actual and the right result, in words. */
export interface Difference {
  readonly actual: string;
  readonly expected: string;
}

/**
 * The outcome of one comparison. 'open' means that there is no right answer, because TensorFlow.js refuses
 * the computation everywhere.
 */
export type Verdict = Difference | 'right' | 'open';

/**
 * For each kernel: the largest allowed difference from float64, in units of the largest element. The default
 * is 2e-5.
 */
export type Tolerances = Readonly<Record<string, number>>;

/** The errors that WGSL allows in these functions, in [−π, π]. */
export const wgsl: Tolerances = { Acos: 1e-4, Asin: 1e-4, Cos: 6e-4, Sin: 6e-4, Tan: 2e-3 };

/**
 * The differences between the backend that `start` starts and the cpu backend in float64: values, shapes,
 * types and tensors left behind. It makes `draws` computations with each kernel. They run in a random order
 * in one process, so that a kernel that spoils the memory of later ones is noticed.
 */
export async function disagreements(
  start: () => Promise<void>,
  draws: number,
  seed: number,
  tolerances: Tolerances = {},
  table: Kernels = kernels,
): Promise<string[]> {
  const all = Object.keys(table).flatMap((name) =>
    Array.from({ length: draws }, (_, i): Drawn => ({ name, seed: seed + i })),
  );
  const found: string[] = [];
  for (const { name, seed: own } of new Draw(seed).shuffled(all)) {
    const drawn = drawCase(name, own, table);
    const verdict = await compareKernel(drawn, start, tolerances[name]);
    if (typeof verdict !== 'string')
      found.push(`${name}, draw ${own}, ${described(drawn)}: ${differenceText(verdict)}`);
  }
  return found;
}

/**
 * The kernels that change their inputs on the backend that `start` starts. Its values must be readable at
 * once.
 */
export async function changedInputs(
  start: () => Promise<void>,
  draws: number,
  seed: number,
): Promise<string[]> {
  await start();
  const all = Object.keys(kernels);
  return all.filter((name) =>
    Array.from({ length: draws }, (_, i) => drawCase(name, seed + i)).some(({ compute, inputs }) =>
      tf.tidy(() => {
        const tensors = inputs.map(tensorOf);
        try {
          compute(...tensors);
        } catch {
          // Another test covers computations that are refused.
        }
        return tensors.some((tensor, i) => {
          const before = tensorOf(inputs[i]!).dataSync();
          return tensor.dataSync().some((value, j) => !Object.is(value, before[j]));
        });
      }),
    ),
  );
}

export function drawCase(name: string, seed: number, table: Kernels = kernels): Case {
  return table[name]!(new Draw(Object.keys(table).indexOf(name), seed));
}

/** Compares one computation on the backend that `start` starts with the cpu backend in float64. */
export async function compareKernel(
  drawn: Case,
  start: () => Promise<void>,
  tolerance = 2e-5,
): Promise<Verdict> {
  await startCpu();
  const expected = reference(drawn);
  if (expected === null) return 'open';
  await start();
  try {
    const before = held();
    const actual = await results(drawn.compute, drawn.inputs);
    const after = held();
    if (after !== before) return { actual: `${after} after it`, expected: `${before}, as before it` };
    return firstDifference(actual, expected, tolerance, drawn.isExtreme) ?? 'right';
  } catch (error) {
    return { actual: (error as Error).message, expected: expected.map(valuesText).join('; ') };
  }
}

/** The tensors in memory now, in words. */
export function held(): string {
  return `${tf.memory().numTensors} tensors, ${tf.backend().numDataIds()} buffers`;
}

/** The results in float64 on the cpu backend. Null if TensorFlow.js refuses the computation. */
function reference({ compute, inputs }: Case): Values[] | null {
  try {
    return inFloat64(() =>
      tf.tidy(() =>
        [compute(...inputs.map(tensorOf))].flat().map((output) => ({
          shape: output.shape,
          dtype: output.dtype as Values['dtype'],
          values: Array.from(output.dataSync()),
        })),
      ),
    );
  } catch {
    return null;
  }
}

/** Null if all is equal, up to `tolerance` times the largest element. */
function firstDifference(
  actual: readonly Values[],
  expected: readonly Values[],
  tolerance: number,
  isExtreme = false,
): Difference | null {
  for (const [i, { shape, dtype, values }] of expected.entries()) {
    const other = actual[i]!;
    if (other.dtype !== dtype) return { actual: `the type is ${other.dtype}`, expected: dtype };
    if (`${other.shape}` !== `${shape}`)
      return { actual: `the shape is [${other.shape}]`, expected: `[${shape}]` };
    if (other.values.length !== values.length)
      return { actual: `${other.values.length} values`, expected: `${values.length}` };
    // The whole number that NaN becomes is unspecified.
    if (isExtreme && dtype !== 'float32') continue;
    const close = isExtreme ? isKept : isClose;
    const right = dtype === 'float32' ? values.map(Math.fround) : values;
    const scale = right.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
    const at = right.findIndex((x, j) => !close(other.values[j]!, x, tolerance * scale));
    if (at >= 0) return { actual: `element ${at} is ${other.values[at]}`, expected: `${right[at]}` };
  }
  return null;
}

/**
 * NaN must not become a number in silence. Backends differ in whether they leave an infinity times zero out
 * of a sum.
 */
function isKept(actual: number, expected: number, distance: number): boolean {
  return !Number.isFinite(actual) || (Number.isFinite(expected) && Math.abs(actual - expected) <= distance);
}

function isClose(actual: number, expected: number, distance: number): boolean {
  return Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= distance;
}

export function differenceText({ actual, expected }: Difference): string {
  return `${actual}; right: ${expected}`;
}

/** The inputs of a computation and its options, in words. */
export function described({ inputs, options }: Case): string {
  return [...inputs.map(valuesText), ...(options === undefined ? [] : [JSON.stringify(options)])].join(', ');
}

function valuesText({ dtype, shape, values }: Values): string {
  return values.length <= 6 ? `${dtype} [${shape}] of ${values}` : `${dtype} [${shape}]`;
}
