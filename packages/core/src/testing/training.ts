import * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner } from '../combiner.ts';
import { type BatchInPieces, inPieces } from '../forward/pieces.ts';
import { batchesOf } from '../protocol/declared.ts';
import type { ObjectivePriority } from '../protocol/setup.ts';
import { createTrainer, type Trainer } from '../trainer/trainer.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { layouts, refusal, type Subject } from './layouts.ts';
import { absentIn, type Batch, batchesAt, constantOf, type Model, modelOf } from './training-model.ts';
import { sum, type Vector } from './vectors.ts';

/**
 * Checks of a combiner in training, on the current backend, by the names of their tests. A check rejects if
 * the combiner breaks it.
 */
export const training: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  'trains as in float64, and leaks no tensor': async (subject) => {
    const all = arrangements(subject);
    for (const objectives of all) await checkTraining(subject, objectives, [40], 1e-5);
    // The vectors are so long that inner products are summed in float32. The float64 engine treats all
    // variables as one: it has no groups of them, and no random numbers for each.
    const combiner = subject.create();
    const isApart = combiner.needs === 'elements' || (combiner.needs === 'gramian' && combiner.groups);
    await checkTraining(subject, all.at(-1)!, isApart ? [4200] : [40, 4200], 1e-3);
  },

  'goes the same way with gradients that are streamed': async (subject) => {
    const streamed = { what: 'gradients that are streamed', gradients: 'streamed' } as const;
    for (const objectives of arrangements(subject)) await checkSameWay(subject, objectives, streamed);
  },

  'goes the same way with batches in pieces': async (subject) => {
    const inTwo = { what: 'batches in pieces', given: (batch: Batch) => halvesOf(batch) };
    for (const objectives of arrangements(subject)) await checkSameWay(subject, objectives, inTwo);
  },

  'goes on from a checkpoint bit for bit': async (subject) => {
    for (const objectives of arrangements(subject)) await checkResuming(subject, objectives);
  },
};

const STEPS = 8;
const STEPS_PER_EPOCH = 3;
const RATE = 1 / 64;
const SEED = 5;

/**
 * Objectives of different weight, in each arrangement that the method accepts: three, or the nearest number
 * that it accepts.
 */
function arrangements(subject: Subject): readonly (readonly ObjectivePriority[])[] {
  const counts = [3, 4, 5, 6, 2, 1];
  const accepted = counts.map((count) => layouts(subject, count)).find((found) => found.length > 0);
  if (!accepted) throw refusal(subject);
  return accepted.map((objectives) => objectives.map((one, k) => ({ ...one, weight: 1 + (k % 2) / 2 })));
}

async function checkTraining(
  { create, least = 1 }: Subject,
  placed: readonly ObjectivePriority[],
  sizes: readonly number[],
  tolerance: number,
): Promise<void> {
  const combiner = create();
  const what = `${combiner.name}, levels ${placed.map(({ priority }) => priority)}, ${sizes.join(' + ')} elements`;
  const tensors = tf.memory().numTensors;
  const model = modelOf(placed, sizes);
  const optimizer = tf.train.sgd(RATE);
  const trainer = trainerOf(combiner, model, optimizer);
  const engine = createVectorEngine({ combiner: create(), objectives: placed, seed: SEED });
  const gradient = ({ scale, shift }: Batch, k: number) =>
    model.vectors[(k + shift) % model.vectors.length]!.map((x) => x * scale);
  let theta = await model.values();
  let halfway = 0;
  for (let step = 0; step < STEPS; step++) {
    const batches = batchesAt(step, batchesOf(combiner), absentIn(step, placed.length, least));
    await trainer.step(...batches);
    const next = await model.values();
    const rows = batches.map((batch) => placed.map((_, k) => gradient(batch, k)));
    const lossesAt = (at: Vector) =>
      rows.flatMap((batch) =>
        batch.map((row, k) => constantOf(k) + row.reduce((s, x, i) => s + x * at[i]!, 0)),
      );
    const { direction, coefficients } = engine.step({
      batches: rows.map((batch, b) => batch.map((row, k) => (batches[b]!.absent.includes(k) ? null : row))),
      losses: lossesAt(theta),
      lossesAfter: lossesAt(next),
      epoch: Math.floor(step / STEPS_PER_EPOCH),
    });
    const moved = sum([1 / RATE, theta], [-1 / RATE, next]);
    const error = Math.hypot(...sum([1, moved], [-1, direction]));
    // The gradients have lengths of about 1. θ itself is rounded to float32.
    const size = Math.hypot(...direction) + coefficients.reduce((s, c) => s + Math.abs(c), 0);
    const rounding = (1e-7 * Math.hypot(...next)) / RATE;
    if (!(error <= tolerance * size + rounding)) {
      throw new Error(
        `${what}: step ${step} of the trainer is not that of the float64 engine: ‖difference‖ is ${error}, for ‖d‖ ${Math.hypot(...direction)}.`,
      );
    }
    theta = next;
    if (step === STEPS / 2) halfway = tf.memory().numTensors;
  }
  const leaked = tf.memory().numTensors - halfway;
  if (leaked !== 0) throw new Error(`${what}: ${STEPS / 2 - 1} steps left ${leaked} tensors behind.`);
  trainer.dispose();
  optimizer.dispose();
  model.dispose();
  const left = tf.memory().numTensors - tensors;
  if (left !== 0) throw new Error(`${what}: after dispose, ${left} tensors are left.`);
}

/** Another way to the same steps. */
interface Way {
  readonly what: string;
  readonly gradients?: 'streamed';
  readonly given?: (batch: Batch) => BatchInPieces<Batch>;
}

/** Two pieces with the mean of the batch. */
function halvesOf(batch: Batch): BatchInPieces<Batch> {
  const piece = (factor: number) => ({ ...batch, scale: batch.scale * factor });
  return inPieces([piece(0.5), piece(2.5)], { sizes: [3, 1] });
}

async function checkSameWay(
  { create, least = 1 }: Subject,
  placed: readonly ObjectivePriority[],
  way: Way,
): Promise<void> {
  const run = async ({ gradients, given }: Partial<Way>) => {
    const model = modelOf(placed, [40, 3]);
    const optimizer = tf.train.sgd(RATE);
    const trainer = trainerOf(create(), model, optimizer, gradients);
    for (let step = 0; step < STEPS; step++) {
      const batches = batchesAt(step, batchesOf(create()), absentIn(step, placed.length, least));
      await trainer.step(...(given ? batches.map(given) : batches));
    }
    const values = await model.values();
    trainer.dispose();
    optimizer.dispose();
    model.dispose();
    return values;
  };
  const [expected, actual] = [await run({}), await run(way)];
  const error = Math.hypot(...sum([1, actual], [-1, expected]));
  if (!(error <= 1e-5 * Math.hypot(...expected))) {
    throw new Error(
      `${create().name}, levels ${placed.map(({ priority }) => priority)}: with ${way.what}, training ends elsewhere: ‖difference‖ is ${error}.`,
    );
  }
}

async function checkResuming(
  { create, least = 1 }: Subject,
  placed: readonly ObjectivePriority[],
): Promise<void> {
  const run = async (stops: boolean) => {
    const model = modelOf(placed, [40]);
    const optimizer = tf.train.sgd(RATE);
    let trainer = trainerOf(create(), model, optimizer);
    for (let step = 0; step < STEPS; step++) {
      if (stops && step === STEPS / 2) {
        const checkpoint = await trainer.checkpoint();
        trainer.dispose();
        for (const variable of model.theta) variable.assign(tf.zerosLike(variable));
        trainer = trainerOf(create(), model, optimizer);
        await trainer.restore({ ...checkpoint, memory: JSON.parse(JSON.stringify(checkpoint.memory)) });
      }
      await trainer.step(...batchesAt(step, batchesOf(create()), absentIn(step, placed.length, least)));
    }
    const values = await model.values();
    trainer.dispose();
    optimizer.dispose();
    model.dispose();
    return values;
  };
  const [expected, actual] = [await run(false), await run(true)];
  const differing = actual.findIndex((x, i) => x !== expected[i]);
  if (differing >= 0) {
    throw new Error(
      `${create().name}, levels ${placed.map(({ priority }) => priority)}: training that went on from a checkpoint has ` +
        `${actual[differing]} in element ${differing} instead of ${expected[differing]}.`,
    );
  }
}

function trainerOf(
  combiner: GradientCombiner,
  model: Model,
  optimizer: tf.Optimizer,
  gradients: 'kept' | 'streamed' = 'kept',
): Trainer<Batch> {
  return createTrainer<Batch>({
    gradients,
    objectives: model.objectives,
    combiner,
    optimizer,
    variables: model.theta,
    seed: SEED,
    stepsPerEpoch: STEPS_PER_EPOCH,
  });
}
