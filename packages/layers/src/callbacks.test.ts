import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';
import { fit, type LayersObjective } from './index.ts';
import { datasetOf, sum, uniform, wholeNumbers } from './testing/data.ts';
import { twoHeaded } from './testing/models.ts';

afterEach(() => {
  tf.disposeVariables();
  vi.restoreAllMocks();
});

const loss = 'sparseCategoricalCrossentropy';
const objectives: LayersObjective[] = [
  { output: 'digit', loss, priority: 0, metrics: ['accuracy'] },
  { output: 'clothing', loss, priority: 1 },
];
const data = (batches = 3) =>
  datasetOf(batches, (batch) => ({
    xs: uniform([5, 3], batch),
    ys: { digit: wholeNumbers([5], 4, batch), clothing: wholeNumbers([5], 3, batch, 2) },
  }));
const options = { objectives, combiner: sum, optimizer: 'sgd' } as const;

test('callbacks are called in the order of TensorFlow.js, with logs under its names', async () => {
  const called: string[] = [];
  const batchLogs: tf.Logs[] = [];
  const epochLogs: tf.Logs[] = [];
  const note = (name: string) => async (index: unknown) => {
    called.push(typeof index === 'number' ? `${name} ${index}` : name);
  };
  const order = {
    onTrainBegin: note('train begins'),
    onTrainEnd: note('train ends'),
    onEpochBegin: note('epoch begins'),
    onEpochEnd: note('epoch ends'),
    onBatchBegin: note('batch begins'),
    onBatchEnd: note('batch ends'),
  };
  const logs = {
    onBatchEnd: async (_: number, given?: tf.Logs) => void batchLogs.push({ ...given }),
    onEpochEnd: async (_: number, given?: tf.Logs) => void epochLogs.push({ ...given }),
  };
  const { history } = await fit(twoHeaded(), data(), {
    ...options,
    epochs: 2,
    callbacks: [order, logs],
    validationData: data(),
    validationBatches: 2,
  });
  const ofBatches = [0, 1, 2].flatMap((batch) => [`batch begins ${batch}`, `batch ends ${batch}`]);
  const ofEpochs = [0, 1].flatMap((epoch) => [`epoch begins ${epoch}`, ...ofBatches, `epoch ends ${epoch}`]);
  expect(called).toEqual(['train begins', ...ofEpochs, 'train ends']);
  const names = ['loss', 'digit_loss', 'clothing_loss', 'digit_acc'];
  expect(Object.keys(batchLogs[0]!)).toEqual(['batch', 'size', ...names]);
  expect(Object.keys(epochLogs[0]!)).toEqual([...names, ...names.map((name) => `val_${name}`)]);
  for (const name of names) {
    const means = batchLogs.slice(0, 3).reduce((total, given) => total + given[name]! / 3, 0);
    expect(epochLogs[0]![name]).toBeCloseTo(means, 6);
    expect(history[name]).toEqual(epochLogs.map((given) => given[name]));
  }
});

test('early stopping watches the validation of an objective', async () => {
  const model = twoHeaded();
  const stop = tf.callbacks.earlyStopping({ monitor: 'val_digit_loss', patience: 2 });
  const optimizer = tf.train.sgd(0);
  const { epoch } = await fit(model, data(), {
    ...options,
    optimizer,
    epochs: 9,
    validationData: data(),
    callbacks: [stop],
  });
  // Nothing improves after the first epoch.
  expect(epoch).toEqual([0, 1, 2]);
  expect((await fit(model, data(), { ...options, optimizer, epochs: 2 })).epoch).toEqual([0, 1]);
});

test.each([tf.model, tf.sequential])('training stops where a callback says so', async (kind) => {
  const x = tf.input({ shape: [3] });
  const layer = tf.layers.dense({ units: 4, activation: 'softmax', name: 'digit', inputShape: [3] });
  const model =
    kind === tf.model
      ? tf.model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor })
      : tf.sequential({ layers: [layer] });
  const batches: number[] = [];
  const ended: string[] = [];
  const single = datasetOf(3, (batch) => ({ xs: uniform([5, 3], batch), ys: wholeNumbers([5], 4, batch) }));
  const { epoch, history } = await fit(model, single, {
    ...options,
    objectives: [objectives[0]!],
    epochs: 5,
    validationData: single,
    callbacks: {
      onBatchEnd: async (batch: number) => {
        batches.push(batch);
        if (batches.length === 5) model.stopTraining = true;
      },
      onEpochEnd: async (number: number) => void ended.push(`epoch ${number}`),
      onTrainEnd: async () => void ended.push('training'),
    },
  });
  expect(batches).toEqual([0, 1, 2, 0, 1]);
  expect(ended).toEqual(['epoch 0', 'epoch 1', 'training']);
  expect(epoch).toEqual([0, 1]);
  // A stopped epoch is not validated.
  expect(history.val_loss).toEqual([expect.any(Number), Number.NaN]);
});

test('a callback of a class is told the parameters, the model and numbers', async () => {
  class Watch extends tf.Callback {
    readonly seen: unknown[] = [];
    override async onEpochEnd(epoch: number, logs?: tf.Logs) {
      this.seen.push(
        epoch,
        Object.values(logs ?? {}).every((value) => typeof value === 'number'),
      );
    }
  }
  const watch = new Watch();
  const model = twoHeaded();
  await fit(model, data(), { ...options, callbacks: watch, batchesPerEpoch: 2, verbose: 0 });
  expect(watch.seen).toEqual([0, true]);
  expect(watch.model).toBe(model);
  expect(watch.params).toMatchObject({
    epochs: 1,
    steps: 2,
    verbose: 0,
    doValidation: false,
    metrics: ['loss', 'digit_loss', 'clothing_loss', 'digit_acc'],
  });
});

test('the page is let live as often as yieldEvery says', async () => {
  const yields: number[] = [];
  await fit(twoHeaded(), data(), {
    ...options,
    yieldEvery: 'batch',
    callbacks: { nextFrameFunc: async () => void yields.push(1) } as never,
  });
  expect(yields).toHaveLength(3);
});

test('epochs go on where batchesPerEpoch cuts them, and a dataset that ends before is warned of', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const sizes: number[] = [];
  const { epoch, history } = await fit(twoHeaded(), data(5), {
    ...options,
    batchesPerEpoch: 2,
    epochs: 4,
    validationData: data(1),
    callbacks: {
      onEpochEnd: async (_: number, logs?: tf.Logs) => void sizes.push(Object.keys(logs!).length),
    },
  });
  expect(epoch).toEqual([0, 1, 2]);
  expect(sizes).toEqual([8, 8, 8]);
  expect(history.val_loss).toHaveLength(3);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/ended after 1 of the 2 batches of epoch 2.*dataset\.repeat\(\)/)],
  ]);
});
