import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GradientCombiner, LossCombiner } from './combiner.ts';
import type { Objective } from './objective.ts';
import {
  bias,
  byLoss,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
  variables,
} from './testing/three-objectives.ts';
import type { TrainerOptions } from './trainer-options.ts';

declare const console: { warn(message: string): void };
let running: tf.Variable;
let optimizer: tf.Optimizer;
/** What the objectives do beside their loss: from the second call for a batch on, they fail. */
let evaluations: number;

beforeEach(() => {
  running = tf.variable(tf.scalar(1), false, 'running');
  optimizer = tf.train.momentum(0.125, 0.5);
  evaluations = 0;
});

/** Tensors, and the data that they or references share. */
const memory = () => {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers };
};

const fail = (): never => {
  throw new Error('in the middle');
};

/** Moves what is in `state`, as batch normalisation does, and a variable that is trained, as a loss that clips weights does. */
const moving: Objective<number> = {
  ...three[0]!,
  loss(batch) {
    evaluations++;
    tf.tidy(() => running.assign(tf.add(tf.mul(running, 0.5), batch)));
    tf.tidy(() => bias.assign(tf.clipByValue(bias, -0.75, 1.5)));
    return three[0]!.loss(batch);
  },
};

const looking: LossCombiner<number> = { ...byLoss, name: 'looking', after: ({ memory }) => memory + 0.5 };

const made: { dispose(): void }[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
});

function subject(options: Partial<TrainerOptions<number>> = {}) {
  const { objectives = [moving, three[1]!] } = options;
  const result = trainer({ state: [running], optimizer, combiner: projecting, ...options, objectives });
  made.push(result);
  return result;
}

const rate = () => (optimizer as unknown as { learningRate: number }).learningRate;

/** Fails in the given batch alone, which is negative. */
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
      objectives: [moving, when(() => tf.mul(tf.sum(bias), Number.NaN) as tf.Scalar)],
    }),
    'a loss that is NaN, left out': () => ({
      objectives: [moving, when(() => tf.mul(tf.sum(bias), Number.NaN) as tf.Scalar)],
      onNonFinite: 'skip',
    }),
    'a loss that is a vector': () => ({ objectives: [moving, when(() => tf.zeros([2]) as tf.Scalar)] }),
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

test('the second look of a method moves nothing', async () => {
  const trainer = subject({ combiner: looking });
  await trainer.step(1);
  expect(evaluations).toBe(2);
  // Once: 1 · 0.5 + 1.
  expect(running.dataSync()).toEqual(new Float32Array([1.5]));
  const before = memory();
  await trainer.step(1);
  expect(running.dataSync()).toEqual(new Float32Array([1.75]));
  expect(memory()).toEqual(before);
});

test('the moving averages of batch normalisation go back with a step that is left out', async () => {
  const layer = tf.layers.batchNormalization({ inputShape: [2] });
  const model = tf.sequential({ layers: [layer, tf.layers.dense({ units: 1 })] });
  const read = (weights: typeof model.weights) => weights.map((weight) => weight.read() as tf.Variable);
  const state = read(layer.nonTrainableWeights);
  const inputs = tf.tensor2d([1, 2, 3, 5, 8, 13], [3, 2]);
  const objective: Objective<number> = {
    name: 'fit',
    priority: 0,
    loss: (batch) =>
      tf.mul(tf.mean(tf.square(model.apply(inputs, { training: true }) as tf.Tensor)), batch) as tf.Scalar,
  };
  const subject = trainer({
    objectives: [objective],
    variables: read(model.trainableWeights),
    state,
    onNonFinite: 'skip',
  });
  await subject.step(1);
  const before = state.map((variable) => [...variable.dataSync()]);
  expect(before[0]).not.toEqual([0, 0]);
  expect((await subject.step(Number.NaN)).skipped).not.toBeNull();
  expect(state.map((variable) => [...variable.dataSync()])).toEqual(before);
  await subject.step(1);
  expect(state.map((variable) => [...variable.dataSync()])).not.toEqual(before);
});

test('a variable that losses change and nobody puts back is said once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const told = subject();
  await told.step(1);
  expect(warn).not.toHaveBeenCalled();
  const trainer = subject({ state: [] });
  for (const _ of [1, 2]) await trainer.step(1);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^Step 0: the losses change the variable "running", which is not in `state`: no step puts it back, and no checkpoint holds it./,
      ),
    ],
  ]);
});

test('disposing while the losses are looked at again takes the step back', async () => {
  optimizer.dispose();
  const tensors = tf.memory().numTensors;
  optimizer = tf.train.adagrad(0.1);
  let late: (() => void) | undefined;
  const second: Objective<number> = {
    ...three[1]!,
    loss(batch) {
      if (evaluations === 2) late?.();
      return three[1]!.loss(batch);
    },
  };
  const trainer = subject({ combiner: looking, objectives: [moving, second] });
  late = () => {
    trainer.dispose();
    optimizer.dispose();
  };
  const before = values();
  await expect(trainer.step(1)).rejects.toThrow('The trainer was disposed of while a step was under way.');
  expect(values()).toEqual(before);
  expect(running.dataSync()[0]).toBe(1);
  expect(variables.every((variable) => !variable.isDisposed)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
});
