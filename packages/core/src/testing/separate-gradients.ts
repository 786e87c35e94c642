import * as tf from '@tensorflow/tfjs-core';
import type { GramianCombiner, GramianStep } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import type { StepReport } from '../trainer/report.ts';
import { createTrainer } from '../trainer/trainer.ts';

// Rows of a step against one `tf.variableGrads` for each of them.

/** A combiner with fixed coefficients, which keeps what it was given. */
export function watching(remembered = 0): GramianCombiner & { readonly seen: GramianStep[] } {
  const seen: GramianStep[] = [];
  return {
    name: 'watching',
    needs: 'gramian',
    memoryOf: 'levels',
    remembers: () => remembered,
    seen,
    combine(step) {
      seen.push(step);
      const { size } = step.gramian;
      return {
        coefficients: Array.from({ length: size }, (_, row) => Math.cos(3 * row)),
        remember: Array.from({ length: remembered }, (_, a) =>
          Array.from({ length: size }, (_, row) => Math.sin(row + a + 1)),
        ),
      };
    },
  };
}

/** The gradient of each example's loss of each objective, with the weight of the objective, one after another. */
async function separateGradients<Batch>(
  objectives: readonly Objective<Batch>[],
  variables: readonly tf.Variable[],
  batch: Batch,
): Promise<number[][]> {
  const rows: number[][] = [];
  for (const objective of objectives) {
    const count = tf.tidy(() => (objective.loss(batch) as tf.Tensor).size);
    for (let example = 0; example < count; example++) {
      const { value, grads } = tf.variableGrads(() => {
        const losses = tf.reshape(objective.loss(batch) as tf.Tensor, [-1]);
        return tf.mul(tf.sum(tf.slice(losses, [example], [1])), objective.weight ?? 1) as tf.Scalar;
      }, variables as tf.Variable[]);
      rows.push(await flattened(grads, variables));
      tf.dispose([value, grads] as tf.TensorContainer);
    }
  }
  return rows;
}

/** The elements of all variables' gradients. A gradient that is missing is zero. */
export async function flattened(
  gradients: tf.NamedTensorMap,
  variables: readonly tf.Variable[],
): Promise<number[]> {
  const parts = variables.map(async ({ name, size }) => {
    const own = gradients[name] as tf.Tensor | null | undefined;
    return own ? [...(await own.data())] : new Array<number>(size).fill(0);
  });
  return (await Promise.all(parts)).flat();
}

interface Comparison {
  /** The largest error of an inner product, relative to the lengths of its rows. */
  readonly gramian: number;
  /** The largest error of an element of the direction, relative to its terms. */
  readonly direction: number;
  readonly report: StepReport;
}

/** Compares the Gramian and the direction of a step with those of separate gradients, in float64. */
export async function compared<Batch>(
  objectives: readonly Objective<Batch>[],
  variables: readonly tf.Variable[],
  batch: Batch,
  options: Partial<TrainerOptions<Batch>> = {},
): Promise<Comparison> {
  const rows = await separateGradients(objectives, variables, batch);
  const combiner = watching();
  const trainer = createTrainer<Batch>({ objectives, combiner, variables, ...options });
  const { gradients, report } = await trainer.combineGradients(batch);
  trainer.dispose();
  const { gramian } = combiner.seen[0]!;
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const lengths = rows.map((row) => Math.sqrt(dot(row, row)));
  const errors = rows.flatMap((row, i) =>
    rows.map((other, j) => {
      const scale = lengths[i]! * lengths[j]!;
      return Math.abs(gramian.at(i, j) - dot(row, other)) / (scale === 0 ? 1 : scale);
    }),
  );
  const coefficients = rows.map((_, row) => Math.cos(3 * row));
  const terms = dot(coefficients.map(Math.abs), lengths);
  const direction = await flattened(gradients!, variables);
  tf.dispose(gradients!);
  const differences = direction.map((x, e) => {
    const exact = rows.reduce((sum, row, i) => sum + coefficients[i]! * row[e]!, 0);
    return Math.abs(x - exact) / (terms || 1);
  });
  return { gramian: Math.max(...errors), direction: Math.max(...differences), report };
}
