import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TrainerOptions } from './options.ts';
import { createTrainer } from './trainer.ts';

const averaging: GramianCombiner<number> = {
  name: 'averaging',
  needs: 'gramian',
  remembers: () => 1,
  init: () => 1,
  combine: ({ rows, memory, random }) => ({
    coefficients: [...rows.map(() => 0.1 * memory * random()), 0.3],
    remember: [[0.25, ...rows.slice(1).map(() => 0), 0.75]],
    memory: memory * 0.9,
  }),
};

let weights: tf.Variable;
let bias: tf.Variable;
let drift: tf.Variable;

beforeEach(() => {
  weights = tf.variable(tf.tensor1d([1, -2, 3]), true, 'a/weights');
  bias = tf.variable(tf.scalar(0.5), true, 'b/bias');
  drift = tf.variable(tf.scalar(0), false, 'task/drift');
});

afterEach(() => tf.disposeVariables());

function trainer(options: Partial<TrainerOptions<number>> = {}) {
  return createTrainer<number>({
    objectives: [
      {
        name: 'first',
        priority: 0,
        loss: (batch) => {
          tf.tidy(() => drift.assign(tf.add(drift, 0.125)));
          return tf.add(tf.sum(tf.square(tf.sub(weights, bias))), tf.mul(drift, batch));
        },
      },
      { name: 'second', priority: 1, loss: (batch) => tf.sum(tf.mul(tf.cos(weights), batch)) },
    ],
    combiner: averaging,
    optimizer: options.optimizer ?? tf.train.sgd(0.1),
    variables: [weights, bias],
    state: [drift],
    ...options,
  });
}

const values = () => [...weights.dataSync(), ...bias.dataSync(), ...drift.dataSync()];

test.each([
  ['sgd', () => tf.train.sgd(0.1)],
  ['momentum', () => tf.train.momentum(0.1, 0.9)],
  ['nesterov', () => tf.train.momentum(0.1, 0.9, true)],
  ['adam', () => tf.train.adam(0.1)],
  ['adamax', () => tf.train.adamax(0.1)],
  ['adagrad', () => tf.train.adagrad(0.1)],
  ['adadelta', () => tf.train.adadelta(0.1)],
  ['rmsprop', () => tf.train.rmsprop(0.1, 0.9, 0.1, undefined, true)],
] as const)(
  'training resumed with %s equals training that never stopped, to the last bit',
  async (_, optimizer) => {
    const combiner = perLayer(smoothed(averaging));
    const straight = trainer({ optimizer: optimizer(), combiner });
    for (let step = 0; step < 7; step++) await straight.step(step);
    const saved = await straight.checkpoint();
    for (let step = 7; step < 12; step++) await straight.step(step);
    const expected = values();

    const other = optimizer();
    const resumed = trainer({ optimizer: other, combiner });
    const tensors = tf.memory().numTensors;
    await resumed.step(99);
    await resumed.restore(saved);
    expect(resumed.steps).toBe(7);
    for (let step = 7; step < 12; step++) await resumed.step(step);
    expect(values()).toEqual(expected);
    expect(await resumed.checkpoint()).toEqual(await straight.checkpoint());
    resumed.dispose();
    other.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors);
  },
);

test('a step from a checkpoint of another world is refused, and nothing has changed', async () => {
  const subject = trainer({ optimizer: tf.train.adam() });
  await subject.step(1);
  const saved = await subject.checkpoint();
  const before = values();
  const { 'a/weights': own, ...others } = saved.variables;
  const wrong: [Partial<Checkpoint>, RegExp][] = [
    [{ format: 2 as 1 }, /format 2, but this version of Scalpel reads format 1/],
    [{ combiner: 'mgda' }, /made with the combiner mgda, but the trainer has averaging/],
    [{ objectives: ['first'] }, /the objectives first, but the trainer has first,second/],
    [{ seed: 3 }, /the seed 3/],
    [{ over: 'shared' }, /made with over shared, but the trainer has all/],
    [{ remembered: [] }, /remembered rows of 0, but the trainer has 1/],
    [
      { variables: { ...others, 'a/weights': own! } },
      /the variables in the order b\/bias,a\/weights, but the trainer has a\/weights,b\/bias/,
    ],
    [{ variables: others }, /it lacks \[a\/weights\]/],
    [{ variables: { ...others, 'a/weights': { ...own!, shape: [1, 3] } } }, /"a\/weights" has shape \[1,3\]/],
    [{ state: {} }, /it lacks \[task\/drift\]/],
    [{ optimizer: { iterations: 1, scalars: {}, accumulators: {} } }, /kind of optimizer/],
  ];
  for (const [change, message] of wrong) {
    await expect(subject.restore({ ...saved, ...change })).rejects.toThrow(message);
    expect(values()).toEqual(before);
  }
  await subject.restore(saved);
});

test('a checkpoint and the trainer that goes on from it share no memory', async () => {
  const subject = trainer();
  await subject.step(1);
  const saved = await subject.checkpoint();
  await subject.restore(saved);
  const before = values();
  for (const { values: own } of Object.values(saved.variables)) own.fill(0);
  expect(values()).toEqual(before);
});
