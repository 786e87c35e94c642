// What a user writes, in strict TypeScript.
import { startWasm, startWebgpu } from '@scalpel/backends';
import { chooseBackend } from '@scalpel/backends/choose';
import { mgda, upgrad } from '@scalpel/baselines';
import { type BloopOptions, bloop } from '@scalpel/bloop';
import {
  byLevel,
  checkOptions,
  clipped,
  createTrainer,
  finiteNumber,
  type GradientCombiner,
  type Objective,
  type StepReport,
  shared,
  type Trainer,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';
import { z } from 'zod';

interface Batch {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
}

const weights = tf.variable(tf.ones([8, 1])) as tf.Variable<tf.Rank.R2>;
const predict = shared(({ x }: Batch) => tf.matMul(x, weights as tf.Tensor2D));
const objectives: readonly Objective<Batch>[] = [
  { name: 'fit', priority: 0, loss: (batch) => tf.losses.meanSquaredError(batch.y, predict(batch)) },
  { name: 'size', priority: 1, weight: 2, loss: () => tf.sum(tf.square(weights)) },
];
const options: BloopOptions = { lambda: [0.5], rho: 0.05 };
const combiner: GradientCombiner = clipped(byLevel({ within: mgda(), across: bloop(options) }), { norm: 1 });

const own = v.strictObject({ length: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1) });
export const length: number = checkOptions('own', own, {}).length;
const ofAnotherLibrary = z.strictObject({ length: z.number().default(1) });
export const sameLength: number = checkOptions('own', ofAnotherLibrary, {}).length;

export async function run(batch: Batch): Promise<StepReport> {
  await startWasm({ binary: '/wasm/' });
  await startWebgpu();
  const { reason } = await chooseBackend('auto');
  const trainer: Trainer<Batch> = createTrainer({
    objectives,
    combiner,
    optimizer: tf.train.sgd(0.1),
    variables: [weights],
    seed: 1,
  });
  const report = await trainer.step(batch);
  const cosine: number | undefined = report.cosines?.at(0, 1);
  console.log(reason, cosine, report.losses.fit);
  // @ts-expect-error: options are checked by their types.
  upgrad({ lambda: 1 });
  return report;
}
