import { checkOptions, createTrainer, type GramianCombiner, type Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { plugin } from './index.ts';

// Properties that every task must have, each tested at a small size.
const small: Readonly<Record<string, object>> = {
  'two-dimensional': { steps: 3 },
  'three-levels': { steps: 3 },
  'elementwise-quadratic': { steps: 3 },
  'convex-quadratic-form': { steps: 3 },
  'fonseca-fleming': { steps: 3 },
  'cagrad-toy': { steps: 3 },
  quadratics: { epochs: 1 },
  'smooth-mnist': { epochs: 1, batch: 8, images: 24 },
  'language-model': { layers: 1, heads: 2, width: 8, feedForward: 8, context: 8, batch: 4, steps: 3 },
  'weight-decay': { epochs: 1, batch: 2, images: 6 },
  'fashion-and-digits': { epochs: 1, batch: 2, images: 6 },
  'little-conflict': { epochs: 1, batch: 2, images: 6 },
  'mnist-levels': { epochs: 1, batch: 8, images: 24 },
  'two-digits': { epochs: 1, batch: 2, images: 6, right: 'pixels' },
  'instance-wise-risk': { epochs: 1, batch: 6, images: 20, rate: 0.001 },
};

const cases = plugin.tasks!.map((definition) => {
  const create = definition.create as (options: object, seed: number) => Task | Promise<Task>;
  return [definition.id, definition, async (seed: number) => create(small[definition.id]!, seed)] as const;
});

// Chance, or the place that a run begins at.
const seeded = [
  'elementwise-quadratic',
  'convex-quadratic-form',
  'fonseca-fleming',
  'cagrad-toy',
  'quadratics',
  'smooth-mnist',
  'language-model',
  'weight-decay',
  'fashion-and-digits',
  'little-conflict',
  'mnist-levels',
  'instance-wise-risk',
];

const sum: GramianCombiner = {
  name: 'sum',
  needs: 'gramian',
  combine: ({ rows }) => ({ coefficients: rows.map(() => 1) }),
};

/** Everything that the start and the data of the task consist of. */
function contents({ variables, state = [], batch, steps }: Task): unknown[] {
  const batches = [0, steps - 1, 5 * steps].map((step) => {
    const given = batch(step);
    const values = tf.tensor_util
      .getTensorsInContainer(given)
      .map((tensor) => [tensor.shape, [...tensor.dataSync()]]);
    tf.dispose(given);
    return values;
  });
  return [
    ...batches,
    ...[...variables, ...state].map(({ name }) => name),
    ...[...variables, ...state].map((v) => [...v.dataSync()]),
  ];
}

test('ids are unique', () => {
  const ids = plugin.tasks!.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(cases)(
  '%s has the objectives it declares, most important first, and names of its own',
  async (id, definition, create) => {
    const task = await create(0);
    const { objectives } = task;
    expect(objectives.map(({ name }) => name)).toEqual(definition.objectives);
    expect(objectives.map(({ priority }) => priority)).toEqual(objectives.map((_, level) => level));
    for (const { name } of [...task.variables, ...(task.state ?? [])])
      expect(name).toMatch(new RegExp(`^${id}/`));
    expect(task.steps % task.stepsPerEpoch).toBe(0);
    task.dispose();
  },
);

test.each(cases)('%s is determined by its options and seed', async (id, _, create) => {
  const built = async (seed: number) => {
    const task = await create(seed);
    const result = contents(task);
    task.dispose();
    return result;
  };
  const first = await built(1);
  expect(await built(1)).toEqual(first);
  if (seeded.includes(id)) expect(await built(2)).not.toEqual(first);
});

test.each(cases)(
  '%s trains, evaluates every objective and leaves nothing behind',
  async (_, definition, create) => {
    const before = tf.memory();
    const task = await create(3);
    const optimizer = task.optimizer();
    const { objectives, variables, state = [] } = task;
    const trainer = createTrainer({ objectives, variables, state, combiner: sum, optimizer });
    const start = await task.evaluate();
    for (let step = 0; step < 3; step++) {
      const batch = task.batch(step);
      const { rows, updated } = await trainer.step(batch);
      const present = new Set(rows.map(({ objective }) => objective));
      expect([[...present], updated]).toEqual([definition.objectives, true]);
      tf.dispose(batch);
    }
    const end = await task.evaluate();
    const total = (evaluation: typeof end) =>
      definition.objectives.reduce((s, name) => s + evaluation.train[name]!, 0);
    expect(Number.isFinite(total(end))).toBe(true);
    expect(total(end)).toBeLessThan(total(start));
    for (const part of [end.train, ...(end.test ? [end.test] : [])]) {
      expect(Object.keys(part)).toEqual(definition.objectives);
    }
    for (const measure of definition.measures ?? []) {
      for (const part of ['train', 'test']) expect(end.metrics).toHaveProperty(`${part}/${measure}`);
    }
    expect(await task.evaluate()).toEqual(end);
    trainer.dispose();
    optimizer.dispose();
    task.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  },
);

test.each(cases)(
  '%s: a second one says why it cannot be, and can be once the first is gone',
  async (id, _, create) => {
    const first = await create(0);
    const before = tf.memory().numTensors;
    await expect(create(0)).rejects.toThrow(
      new RegExp(
        `^A variable "${id}/.*" exists already. Dispose of the task it belongs to, then create a new one.$`,
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
    first.dispose();
    (await create(0)).dispose();
  },
);

test.each(cases)(
  '%s: defaults are options too, and an unknown option is refused by name',
  async (id, definition) => {
    const checked = (options: unknown) => checkOptions(id, definition.options, options);
    const defaults = checked({});
    expect(checked(defaults)).toEqual(defaults);
    const create = async () =>
      (definition.create as (options: object, seed: number) => unknown)({ epoch: 3 }, 0);
    await expect(create()).rejects.toThrow(`${id}: there is no option "epoch"`);
  },
);

test.each(cases)('%s: an evaluation, whole or small, changes nothing', async (_, __, create) => {
  const task = await create(2);
  const before = contents(task);
  const tensors = tf.memory().numTensors;
  const whole = await task.evaluate();
  const small = await task.evaluate(1);
  expect(Object.keys(small.train)).toEqual(Object.keys(whole.train));
  expect(await task.evaluate()).toEqual(whole);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(contents(task)).toEqual(before);
  task.dispose();
});
