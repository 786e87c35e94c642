import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import { evaluations, looking, memory, moving, movingTrainer, running } from '../testing/moving-state.ts';
import { bias, half, kernel, largest, projecting, three } from '../testing/three-objectives.ts';
import type { TrainerOptions } from './options.ts';

let optimizer: tf.Optimizer;

beforeEach(() => {
  optimizer = tf.train.momentum(0.125, 0.5);
});

const subject = (options: Partial<TrainerOptions<number>> = {}) => movingTrainer({ optimizer, ...options });

const fail = (): never => {
  throw new Error('in the middle');
};

const rate = () => (optimizer as unknown as { learningRate: number }).learningRate;

/** Fails only in the given batch, which is negative. */
const when = (loss: () => tf.Scalar): Objective<number> => ({
  ...three[1]!,
  loss: (batch) => (batch < 0 ? loss() : three[1]!.loss(batch)),
});
const inFailingStep =
  <Given extends readonly unknown[], Value>(is: () => boolean, work: (...given: Given) => Value) =>
  (...given: Given): Value =>
    is() ? fail() : work(...given);

describe('a step that throws or is left out changes nothing', () => {
  let failing = false;
  const now = () => failing;
  const unbacked = tf.customGrad((x) => ({ value: tf.sum(x as tf.Tensor), gradFunc: fail }));
  const breaking = <Kind extends GradientCombiner>(combiner: Kind, parts: object): Kind => ({
    ...combiner,
    ...parts,
  });
  /** What the optimizer does half: the second variable cannot be moved. */
  const breakOptimizer = () => {
    vi.spyOn(bias, 'assign').mockImplementationOnce(fail);
  };

  const cases: Record<string, () => Partial<TrainerOptions<number>>> = {
    'an objective': () => ({ objectives: [moving, when(fail)] }),
    'a loss that is NaN': () => ({
      objectives: [moving, when(() => tf.mul(tf.sum(bias), Number.NaN))],
    }),
    'a loss that is NaN, left out': () => ({
      objectives: [moving, when(() => tf.mul(tf.sum(bias), Number.NaN))],
      onNonFinite: 'skip',
    }),
    'a loss that is a vector': () => ({ objectives: [moving, when(() => tf.zeros([2]))] }),
    'a backward pass': () => ({ objectives: [moving, when(() => unbacked(kernel) as tf.Scalar)] }),
    'the combiner': () => ({
      combiner: breaking(projecting, { combine: inFailingStep(now, projecting.combine) }),
    }),
    'a combiner that answers nothing': () => ({
      combiner: breaking(projecting, {
        combine: (...given: Parameters<typeof projecting.combine>) =>
          failing ? undefined : projecting.combine(...given),
      }),
    }),
    'weights that are too large': () => ({
      combiner: breaking(half, { weights: () => (failing ? [1e39, 1e39] : [0.5, 0.5]) }),
    }),
    'coefficients that are too large': () => ({
      combiner: breaking(projecting, {
        combine: (...given: Parameters<typeof projecting.combine>) =>
          failing ? { coefficients: [1e38, 1e38, 0] } : projecting.combine(...given),
      }),
    }),
    'elements that are not finite': () => ({
      combiner: breaking(largest, {
        combine: (...given: Parameters<typeof largest.combine>) =>
          failing ? tf.fill([given[0].gradients.shape[1]], Number.NaN) : largest.combine(...given),
      }),
    }),
    'elements, at the second variable': () => ({
      combiner: breaking(largest, {
        combine: (...given: Parameters<typeof largest.combine>) =>
          failing && given[0].variable === bias.name ? fail() : largest.combine(...given),
      }),
    }),
    'the combiner, which settles who shares': () => ({
      over: 'shared',
      combiner: breaking(projecting, { combine: inFailingStep(now, projecting.combine) }),
    }),
    'the combiner of gradients that are streamed': () => ({
      gradients: 'streamed',
      combiner: breaking(projecting, { combine: inFailingStep(now, projecting.combine) }),
    }),
    'a schedule that throws': () => ({ schedule: inFailingStep(now, (step) => 0.1 / (step + 1)) }),
    'a schedule that answers with NaN': () => ({
      schedule: (step) => (failing ? Number.NaN : 0.1 / (step + 1)),
    }),
    'the optimizer, at the second variable': () => ({
      schedule: (step) => {
        if (failing) breakOptimizer();
        return 0.1 / (step + 1);
      },
    }),
    'the losses after the step': () => ({
      combiner: looking,
      objectives: [
        {
          ...moving,
          loss: (batch) => (failing && evaluations % 2 === 1 ? fail() : moving.loss(batch)),
        },
        three[1]!,
      ],
    }),
    'a loss that is there before the step and not after': () => ({
      combiner: looking,
      objectives: [
        moving,
        { ...three[1]!, loss: (batch) => (failing && evaluations % 2 === 0 ? null : three[1]!.loss(batch)) },
      ],
    }),
    'what the combiner makes of the losses after the step': () => ({
      combiner: breaking(looking, { after: inFailingStep(now, looking.after!) }),
    }),
    'a promise for what it makes of them': () => ({
      combiner: breaking(looking, {
        after: (...given: Parameters<NonNullable<typeof looking.after>>) =>
          failing ? Promise.reject(new Error('later')) : looking.after!(...given),
      }),
    }),
    'reading back': () => {
      const backend = tf.backend();
      const read = backend.read.bind(backend);
      vi.spyOn(backend, 'read').mockImplementation((...given) =>
        failing ? Promise.reject(new Error('lost')) : read(...given),
      );
      return {};
    },
  };

  afterEach(() => {
    vi.restoreAllMocks();
    failing = false;
  });

  test.each(Object.keys(cases).flatMap((name) => [0, 2].map((steps) => [name, steps] as const)))(
    '%s, after %i steps',
    async (name, steps) => {
      const trainer = subject(cases[name]!());
      for (let step = 0; step < steps; step++) await trainer.step(1 / (step + 1));
      const before = await trainer.checkpoint();
      const beforeRate = rate();
      const held = memory();

      failing = true;
      const attempt = trainer.step(-1);
      if (name.endsWith('left out')) await expect(attempt).resolves.toMatchObject({ updated: false });
      else await expect(attempt).rejects.toThrow();
      failing = false;
      vi.restoreAllMocks();

      const counted = name.endsWith('left out') ? 1 : 0;
      expect(await trainer.checkpoint()).toEqual({ ...before, step: before.step + counted });
      expect(rate()).toBe(beforeRate);
      expect(memory()).toEqual(held);
    },
  );
});

describe('an optimizer that fails half-way goes back, and training goes on as if it had not', () => {
  test.each([
    ['sgd', () => tf.train.sgd(0.1)],
    ['nesterov', () => tf.train.momentum(0.1, 0.9, true)],
    ['adam', () => tf.train.adam(0.1)],
    ['adamax', () => tf.train.adamax(0.1)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adadelta', () => tf.train.adadelta(0.1)],
    ['rmsprop', () => tf.train.rmsprop(0.1, 0.9, 0.1, undefined, true)],
  ] as const)('%s', async (_, create) => {
    const run = async (fails: boolean) => {
      kernel.assign(tf.ones([2, 3]));
      bias.assign(tf.ones([3]));
      running.assign(tf.scalar(1));
      optimizer = create();
      const trainer = subject({ schedule: (step) => 0.1 / (step + 1) });
      for (let step = 0; step < 3; step++) {
        if (fails) {
          const before = memory();
          // The first assignment is that of the objective.
          const spy = vi.spyOn(bias, 'assign');
          spy.mockImplementationOnce(tf.Variable.prototype.assign).mockImplementationOnce(fail);
          await expect(trainer.step(step + 0.5)).rejects.toThrow('in the middle');
          spy.mockRestore();
          expect(memory()).toEqual(before);
        }
        await trainer.step(step + 1);
      }
      const saved = await trainer.checkpoint();
      optimizer.dispose();
      return saved;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});
