import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import type { Objective } from '../objective.ts';
import { looking, memory, moving, running } from '../testing/moving-state.ts';
import {
  bias,
  byLoss,
  combiners,
  flat,
  gradientsByHand,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
  variables,
} from '../testing/three-objectives.ts';
import type { TrainerOptions } from './options.ts';
import type { StepReport } from './report.ts';
import { createTrainer, type Trainer } from './trainer.ts';

/** A trainer that gives the gradients. */
function giver(options: Partial<TrainerOptions<number>> = {}): Trainer<number> {
  return createTrainer<number>({ objectives: three, combiner: half, variables, seed: 7, ...options });
}

function restart(): void {
  kernel.assign(tf.tensor2d([1, -2, 3, 0.5, 1, 2], [2, 3]));
  bias.assign(tf.tensor1d([0.5, -1, 2]));
}

/** The absent objectives differ from batch to batch. Once, all are absent. */
const sometimes = three.map(
  (objective, k): Objective<number> => ({
    ...objective,
    loss: (batch) => (batch === k || batch === 4 ? null : objective.loss(batch)),
  }),
);
const batches = [0.25, 1, 4, 0.5, 2];

const kinds: readonly GradientCombiner[] = [...combiners, largest];
const cases = kinds.flatMap((combiner) =>
  (['kept', 'streamed'] as const).map((gradients) => [combiner.name, gradients, combiner] as const),
);

describe.each(cases)('of %s, %s', (_, gradients, combiner) => {
  test('the gradients are what a trainer with SGD subtracts', async () => {
    // A power of two, so that only the weights are rounded.
    const rate = 2 ** -10;
    const subject = trainer({ combiner, gradients, optimizer: tf.train.sgd(rate) });
    const own = giver({ combiner, gradients });
    for (const batch of [0.25, 1, 0.5]) {
      const before = values();
      const given = (await own.combineGradients(batch)).gradients!;
      expect(values()).toEqual(before);
      expect(Object.keys(given)).toEqual(variables.map(({ name }) => name));
      await subject.step(batch);
      for (const [i, x] of flat(given).entries()) {
        const moved = (before[i]! - values()[i]!) / rate;
        const rounding = (2 ** -23 * Math.max(4, Math.abs(before[i]!))) / rate;
        expect(Math.abs(x - moved)).toBeLessThan(rounding + 1e-6 * Math.abs(x));
      }
      tf.dispose(given);
    }
    own.dispose();
    subject.dispose();
  });

  test.each([
    ['Adam', () => tf.train.adam(0.125)],
    ['momentum', () => tf.train.momentum(0.125, 0.5)],
  ] as const)('applied by %s they lead where the trainer goes, bit for bit', async (_, create) => {
    const run = async (isOwn: boolean) => {
      restart();
      const optimizer: tf.Optimizer = create();
      const options = { combiner, gradients, objectives: sometimes };
      const subject = giver(isOwn ? options : { ...options, optimizer });
      const reports: StepReport[] = [];
      for (const batch of batches) {
        if (!isOwn) {
          reports.push(await subject.step(batch));
          continue;
        }
        const { gradients: given, report } = await subject.combineGradients(batch);
        expect(report).toMatchObject({ updated: false, learningRate: null });
        if (given) optimizer.applyGradients(given);
        tf.dispose(given ?? []);
        reports.push({ ...report, updated: given !== null, learningRate: given && 0.125 });
      }
      const { remembered, memory: kept, step } = await subject.checkpoint();
      subject.dispose();
      optimizer.dispose();
      return { values: values(), remembered, kept, step, reports };
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

test('they are by hand what the weights say', async () => {
  const rows = gradientsByHand(values(), 0.5);
  const { gradients } = await giver().combineGradients(0.5);
  // Half of each, of which the second has weight 1/2.
  const expected = rows[0]!.map((a, i) => 0.5 * a + 0.25 * rows[1]![i]! + 0.5 * rows[2]![i]!);
  for (const [i, x] of flat(gradients!).entries()) expect(x).toBeCloseTo(expected[i]!, 6);
});

test('they may be summed over several batches before a step', async () => {
  const subject = giver();
  const [a, b] = await Promise.all([subject.combineGradients(1), subject.combineGradients(2)]);
  const [x, y] = [flat(a.gradients!), flat(b.gradients!)];
  for (const [i, value] of y.entries()) expect(value).toBeCloseTo(2 * x[i]!, 5);
  expect([a.report.step, b.report.step, subject.steps]).toEqual([0, 1, 2]);
});

test.each(cases)('no tensor is left of %s, %s, but the gradients', async (_, gradients, combiner) => {
  const subject = giver({ combiner, gradients, objectives: sometimes });
  const call = async (batch: number) => tf.dispose((await subject.combineGradients(batch)).gradients ?? []);
  await call(0.5);
  const held = memory();
  for (const batch of batches) await call(batch);
  expect(memory()).toEqual(held);
  const given = (await subject.combineGradients(0.5)).gradients!;
  expect(tf.memory().numTensors).toBe(held.numTensors + variables.length);
  tf.dispose(given);
  subject.dispose();
});

test('a variable that no loss depends on has zeros, and one that is not trainable has null', async () => {
  const onKernel = [{ ...three[0]!, loss: () => tf.sum(tf.square(kernel)) }];
  const subject = giver({ objectives: onKernel });
  const zeros = (await subject.combineGradients(1)).gradients!;
  expect([...zeros[bias.name]!.dataSync()]).toEqual([0, 0, 0]);
  bias.trainable = false;
  const [first, second] = [
    await giver().combineGradients(1),
    tf.variableGrads(() => tf.sum(kernel), variables),
  ];
  expect(first.gradients![bias.name]).toBeNull();
  expect(second.grads[bias.name]).toBeNull();
  expect(Object.keys(first.gradients!)).toEqual(variables.map(({ name }) => name));
});

test.each([projecting, perLayer(projecting), byLoss].map((combiner) => [combiner.name, combiner] as const))(
  'a checkpoint holds the memory of %s',
  async (_, combiner) => {
    const straight = giver({ combiner });
    for (const batch of [1, 2]) tf.dispose((await straight.combineGradients(batch)).gradients!);
    const checkpoint = await straight.checkpoint();
    expect(checkpoint).toMatchObject({ optimizer: null, step: 2 });
    const expected = flat((await straight.combineGradients(3)).gradients!);
    const resumed = giver({ combiner });
    const afresh = flat((await resumed.combineGradients(3)).gradients!);
    expect(afresh).not.toEqual(expected);
    await resumed.restore(checkpoint);
    expect(flat((await resumed.combineGradients(3)).gradients!)).toEqual(expected);
  },
);

test('a checkpoint with an optimizer is not one without', async () => {
  const [own, other] = [giver(), trainer()];
  const [without, having] = [await own.checkpoint(), await other.checkpoint()];
  await expect(own.restore(having)).rejects.toThrow(
    'The checkpoint was made with an optimizer, but the trainer has none. Create it with the same.',
  );
  await expect(other.restore(without)).rejects.toThrow(
    'The checkpoint was made with no optimizer, but the trainer has one. Create it with the same.',
  );
});

const broken = (loss: () => tf.Scalar): Objective<number> => ({
  ...three[1]!,
  loss: (batch) => (batch < 0 ? loss() : three[1]!.loss(batch)),
});
const fail = (): never => {
  throw new Error('in the middle');
};
const never = () => tf.mul(tf.sum(bias), Number.NaN) as tf.Scalar;

describe('an error leaves all as it was', () => {
  test.each<[string, () => Partial<TrainerOptions<number>>]>([
    ['an objective', () => ({ objectives: [moving, broken(fail)] })],
    ['a loss that is NaN', () => ({ objectives: [moving, broken(never)] })],
    ['a loss that is NaN, left out', () => ({ objectives: [moving, broken(never)], onNonFinite: 'skip' })],
  ])('%s', async (name, options) => {
    const subject = giver({ state: [running], combiner: projecting, ...options() });
    tf.dispose((await subject.combineGradients(1)).gradients!);
    const before = await subject.checkpoint();
    const held = memory();
    const attempt = subject.combineGradients(-1);
    const isSkipped = name.endsWith('left out');
    if (isSkipped) {
      await expect(attempt).resolves.toMatchObject({
        gradients: null,
        report: { skipped: expect.any(Error) },
      });
    } else await expect(attempt).rejects.toThrow();
    expect(await subject.checkpoint()).toEqual({ ...before, step: before.step + Number(isSkipped) });
    expect(memory()).toEqual(held);
    subject.dispose();
  });

  test('a trainer that is disposed of meanwhile', async () => {
    const subject = giver({ combiner: projecting });
    tf.dispose((await subject.combineGradients(1)).gradients!);
    const { numTensors } = tf.memory();
    const attempt = subject.combineGradients(1);
    await Promise.resolve();
    subject.dispose();
    await expect(attempt).rejects.toThrow('disposed of');
    // Less the remembered rows.
    expect(tf.memory().numTensors).toBe(numTensors - variables.length);
  });
});

test('what the losses change in `state` stays changed', async () => {
  const subject = giver({ state: [running], objectives: [moving, three[1]!] });
  await subject.combineGradients(0.25);
  expect(running.dataSync()[0]).toBe(0.75);
});

describe('what needs an optimizer is refused without one, and the other way round', () => {
  test('a step', async () => {
    const subject = giver();
    await expect(subject.step(1)).rejects.toThrow(
      'This trainer has no optimizer that could make a step. Give createTrainer an `optimizer`, or call combineGradients(batch) and use the gradients yourself.',
    );
    expect(subject.steps).toBe(0);
  });

  test('the gradients of a trainer that follows them itself', async () => {
    await expect(trainer().combineGradients(1)).rejects.toThrow(
      'This trainer gives the gradients to its own optimizer: call step(batch). To use them yourself, create a trainer without `optimizer`.',
    );
  });

  test('a schedule', () => {
    expect(() => giver({ schedule: () => 0.1 })).toThrow(
      'createTrainer: a schedule sets the learning rate of the optimizer, but there is no optimizer. Give one, or leave out `schedule`',
    );
  });

  test('a method that looks at the losses after the step', () => {
    for (const over of ['all', 'shared'] as const) {
      expect(() => giver({ combiner: looking, over })).toThrow(
        "createTrainer: the combiner looking looks at the losses again after the optimizer's step, but there is no optimizer. Give one, or use another combiner.",
      );
    }
  });

  test('batches in another number', async () => {
    const combiner = { ...projecting, batches: 2 } as const;
    await expect(giver({ combiner }).combineGradients(1)).rejects.toThrow(
      'projecting takes 2 independent batches a step, but got 1.',
    );
  });
});
