import { createTrainer, type Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { type Batch, fit, loadCheckpoint, objectivesOf, saveCheckpoint, weightsOf } from '../index.ts';
import { memoryStore, remembering } from '../testing/checkpoints.ts';
import { datasetOf, uniform, weightsIn, wholeNumbers } from '../testing/data.ts';

afterEach(() => tf.disposeVariables());

const loss = 'sparseCategoricalCrossentropy';

function named(units = 5, name = 'trunk'): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ units, inputShape: [3], name }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.dense({ units: 4, activation: 'softmax', name: 'digit' }),
    ],
  });
}

function trainerOf(model: tf.LayersModel, change: object = {}): Trainer<Batch> {
  return createTrainer<Batch>({
    objectives: objectivesOf(model, [{ output: 'digit', loss, priority: 0 }]),
    combiner: remembering(),
    optimizer: tf.train.adam(0.01),
    ...weightsOf(model),
    ...change,
  });
}

const batch = (number: number) => ({ xs: uniform([6, 3], number), ys: wholeNumbers([6], 4, number) });

test('a training goes on in another model as if it had never stopped', async () => {
  const [one, two] = [named(), named()];
  const [first, second] = [trainerOf(one), trainerOf(two)];
  const store = memoryStore();
  for (let step = 0; step < 3; step++) await first.step(batch(step));
  await saveCheckpoint(first, store, { model: one });
  await second.step(batch(9));
  await loadCheckpoint(second, store, { model: two });
  expect(second.steps).toBe(3);
  for (let step = 3; step < 6; step++) {
    await first.step(batch(step));
    await second.step(batch(step));
  }
  expect(weightsIn(two)).toEqual(weightsIn(one));
  expect((await second.checkpoint()).memory).toEqual((await first.checkpoint()).memory);
});

test('without a model, names are those of the variables', async () => {
  const model = named();
  const [first, second] = [trainerOf(model), trainerOf(model)];
  const store = memoryStore();
  await first.step(batch(1));
  await saveCheckpoint(first, store);
  const then = weightsIn(model);
  await first.step(batch(2));
  await loadCheckpoint(second, store);
  expect(weightsIn(model)).toEqual(then);
  expect(store.names()).toContain(`variables/${model.weights[0]!.name}`);
});

test('a checkpoint of another model is refused, with what differs', async () => {
  const store = memoryStore();
  const model = named();
  await saveCheckpoint(trainerOf(model), store, { model });
  const into = async (other: tf.LayersModel) => {
    const before = weightsIn(other);
    const failure = loadCheckpoint(trainerOf(other), store, { model: other }).catch(
      (error: Error) => error.message,
    );
    expect(await failure).toMatch(/^loadCheckpoint: the checkpoint is of another model: /);
    expect(weightsIn(other)).toEqual(before);
    return failure;
  };
  const shapes = await into(named(6));
  expect(shapes).toMatch(/"trunk\/kernel" has shape \[3,5\] there and \[3,6\] here/);
  expect(shapes).toMatch(/"norm\/moving_mean" has shape \[5\] there and \[6\] here/);
  const names = await into(named(5, 'stem'));
  expect(names).toMatch(/it lacks "stem\/kernel" of shape \[3,5\], "stem\/bias" of shape \[5\]/);
  expect(names).toMatch(
    /it has "trunk\/kernel" of shape \[3,5\], "trunk\/bias" of shape \[5\], which the model has not/,
  );
  const other = named();
  const seeded = trainerOf(other, { seed: 7 });
  await expect(loadCheckpoint(seeded, store, { model: other })).rejects.toThrow(
    /the seed 0, but the trainer has 7/,
  );
});

test('what cannot be stored or read is said', async () => {
  const trainer = trainerOf(named());
  const store = memoryStore();
  await expect(loadCheckpoint(trainer, store)).rejects.toThrow(
    /the checkpoint of the handler cannot be used: nothing is stored/,
  );
  await saveCheckpoint(trainer, store);
  store.change((bytes) => bytes.fill(7, bytes.length - 3));
  await expect(loadCheckpoint(trainer, store)).rejects.toThrow(/cut off or changed\. Use an earlier one/);
  store.change((bytes) => bytes.subarray(0, bytes.length - 4));
  await expect(loadCheckpoint(trainer, store)).rejects.toThrow(/cut off or changed/);
  await expect(saveCheckpoint(trainer, 'nowhere://x')).rejects.toThrow(
    /saveCheckpoint: nothing here can save nowhere:\/\/x\. Give a URL such as/,
  );
  await expect(loadCheckpoint(trainer, 'nowhere://x')).rejects.toThrow(
    /loadCheckpoint: nothing here can load nowhere:\/\/x/,
  );
  await expect(saveCheckpoint(trainer, {})).rejects.toThrow(/has no `save`/);
  const full = tf.io.withSaveHandler(async () => {
    throw new Error('no space');
  });
  await expect(saveCheckpoint(trainer, full)).rejects.toThrow(
    /the checkpoint of the handler could not be written: no space\./,
  );
});

test('what fit stores can be loaded into a trainer of one’s own', async () => {
  const [model, other] = [named(), named()];
  const store = memoryStore();
  const data = datasetOf(2, batch);
  const objectives = [{ output: 'digit', loss, priority: 0 }];
  await fit(model, data, {
    objectives,
    combiner: remembering(),
    optimizer: 'adam',
    checkpoint: { to: store },
  });
  const trainer = trainerOf(other);
  await loadCheckpoint(trainer, store, { model: other });
  expect(trainer.steps).toBe(2);
  expect(weightsIn(other)).toEqual(weightsIn(model));
  const own = memoryStore();
  await saveCheckpoint(trainer, own, { model: other });
  const resumed = fit(other, data, {
    objectives,
    combiner: remembering(),
    optimizer: 'adam',
    resumeFrom: own,
  });
  await expect(resumed).rejects.toThrow(
    /was not made by fit, so it knows no epoch\. Load it with loadCheckpoint/,
  );
});
