import { type ElementCombiner, levelsOf, randomFrom, type Setup, type VectorEngine } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

/**
 * The counterpart of core's vector engine for combiners that look at single elements. These work on tensors, so the
 * rows are rounded to float32; the direction has no coefficients.
 */
export async function createElementEngine(options: {
  readonly combiner: ElementCombiner;
  readonly objectives: readonly {
    readonly name: string;
    readonly priority: number;
    readonly weight: number;
  }[];
  readonly seed: number;
}): Promise<VectorEngine> {
  const { combiner, objectives, seed } = options;
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const levels = levelsOf(objectives.map(({ priority }) => priority));
  const setup: Setup = {
    rows: objectives.map(({ name }, index) => ({ objective: name, level: levels[index]!, batch: 0 })),
    levels: Math.max(...levels) + 1,
  };
  combiner.check?.(setup);
  let step = 0;
  return {
    step({ batches, losses, epoch = 0 }) {
      const [rows, ...others] = batches;
      if (rows === undefined || others.length > 0) {
        throw new Error(`${combiner.name} takes 1 batch of gradients a step, but got ${batches.length}.`);
      }
      if (rows.length !== objectives.length) {
        throw new Error(
          `There are ${rows.length} rows for ${objectives.length} objectives. Give one row each.`,
        );
      }
      if (losses !== undefined && losses.length !== objectives.length) {
        throw new Error(
          `There are ${losses.length} losses for ${objectives.length} objectives. Give one each.`,
        );
      }
      const present = setup.rows.map((_, index) => index).filter((index) => rows[index] !== null);
      if (present.length === 0) throw new Error('Every objective is absent: there is nothing to combine.');
      const weight = (index: number) => objectives[index]!.weight;
      const direction = tf.tidy(() =>
        Array.from(
          combiner
            .combine({
              rows: present.map((index) => setup.rows[index]!),
              losses: present.map((index) => (losses?.[index] ?? 0) * weight(index)),
              step,
              epoch,
              random: randomFrom(seed, step),
              gradients: tf.tensor2d(present.map((index) => rows[index]!.map((x) => x * weight(index)))),
              variable: 'rows',
            })
            .dataSync(),
        ),
      );
      step++;
      return { direction, coefficients: [] };
    },
  };
}
