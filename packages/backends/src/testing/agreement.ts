import * as tf from '@tensorflow/tfjs';
import { startCpu } from '../cpu.ts';
import { results, type Values } from '../testing.ts';
import { inFloat64 } from './float64.ts';
import { type Case, Draw } from './kernels/draw.ts';
import { kernels } from './kernels/index.ts';

/** What sets one computation apart: drawn again from these, it is the same. */
interface Drawn {
  readonly name: string;
  readonly seed: number;
}

/** How far a backend may be from float64, in units of the largest element: 2e-5 where nothing is said. */
export type Tolerances = Readonly<Record<string, number>>;

/** The errors that WGSL allows in these functions, in [−π, π]. */
export const wgsl: Tolerances = { Acos: 1e-4, Asin: 1e-4, Cos: 6e-4, Sin: 6e-4, Tan: 2e-3 };

/**
 * Where the backend that `start` starts is not what the cpu backend is in float64: values, shapes, types and tensors left behind, of `draws` computations
 * with each kernel, in a random order in one process, so that a kernel that spoils the memory of later ones is noticed.
 */
export async function disagreements(
  start: () => Promise<void>,
  draws: number,
  seed: number,
  tolerances: Tolerances = {},
): Promise<string[]> {
  const all = Object.keys(kernels).flatMap((name) =>
    Array.from({ length: draws }, (_, i): Drawn => ({ name, seed: seed + i })),
  );
  const found: string[] = [];
  for (const drawn of new Draw(seed).shuffled(all)) {
    const difference = await differenceOf(drawn, start, tolerances[drawn.name] ?? 2e-5);
    if (difference !== null) found.push(difference);
  }
  return found;
}

async function differenceOf({ name, seed }: Drawn, start: () => Promise<void>, tolerance: number) {
  const drawn = kernels[name]!(new Draw(Object.keys(kernels).indexOf(name), seed));
  await startCpu();
  const expected = reference(drawn);
  // What TensorFlow.js refuses everywhere has no right answer.
  if (expected === null) return null;
  await start();
  const text = (problem: string): string => `${name}, draw ${seed}, ${described(drawn)}: ${problem}`;
  try {
    const before = `${tf.memory().numTensors} tensors, ${tf.backend().numDataIds()} buffers`;
    const actual = await results(drawn.compute, drawn.inputs);
    const after = `${tf.memory().numTensors} tensors, ${tf.backend().numDataIds()} buffers`;
    if (after !== before) return text(`${before} became ${after}`);
    const problem = firstDifference(actual, expected, tolerance);
    return problem === null ? null : text(problem);
  } catch (error) {
    return text((error as Error).message);
  }
}

/** In float64, on the cpu backend. */
function reference({ compute, inputs }: Case): Values[] | null {
  try {
    return inFloat64(() =>
      tf.tidy(() => {
        const outputs = [
          compute(...inputs.map(({ shape, dtype, values }) => tf.tensor(values as number[], shape, dtype))),
        ];
        return outputs.flat().map((output) => ({
          shape: output.shape,
          dtype: output.dtype as Values['dtype'],
          values: Array.from(output.dataSync()),
        }));
      }),
    );
  } catch {
    return null;
  }
}

function firstDifference(
  actual: readonly Values[],
  expected: readonly Values[],
  tolerance: number,
): string | null {
  for (const [i, { shape, dtype, values }] of expected.entries()) {
    const other = actual[i]!;
    if (other.dtype !== dtype) return `the type is ${other.dtype} and should be ${dtype}`;
    if (`${other.shape}` !== `${shape}`) return `the shape is [${other.shape}] and should be [${shape}]`;
    if (other.values.length !== values.length)
      return `${other.values.length} values, and there should be ${values.length}`;
    const right = dtype === 'float32' ? values.map(Math.fround) : values;
    const scale = right.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
    const at = right.findIndex((x, j) => !isClose(other.values[j]!, x, tolerance * scale));
    if (at >= 0) return `element ${at} is ${other.values[at]} and should be ${right[at]}`;
  }
  return null;
}

function isClose(actual: number, expected: number, distance: number): boolean {
  return Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= distance;
}

function described({ inputs, options }: Case): string {
  const tensors = inputs.map(({ dtype, shape, values }) =>
    values.length <= 6 ? `${dtype} [${shape}] of ${values}` : `${dtype} [${shape}]`,
  );
  return [...tensors, ...(options === undefined ? [] : [JSON.stringify(options)])].join(', ');
}
