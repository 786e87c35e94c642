import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';
import { type DatasetFitOptions, fit, type LayersObjective } from './index.ts';
import { memoryStore, remembering } from './testing/checkpoints.ts';
import { sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { twoHeaded } from './testing/models.ts';

afterEach(() => {
  tf.disposeVariables();
  vi.restoreAllMocks();
});

const loss = 'sparseCategoricalCrossentropy';
const objectives: LayersObjective[] = [
  { output: 'digit', loss, priority: 0, metrics: 'accuracy' },
  { output: 'clothing', loss, priority: 1 },
];

/** A model with all the state that training moves beside the weights. Its dropout has fixed seeds. */
function make(): tf.LayersModel {
  const initializer = tf.initializers.glorotUniform({ seed: 4 });
  const dense = (units: number, name: string, rest: object = {}) =>
    tf.layers.dense({ units, name, kernelInitializer: initializer, ...rest });
  const x = tf.input({ shape: [3] });
  const regularized = dense(6, 'trunk', { kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) });
  const trunk = regularized.apply(x) as tf.SymbolicTensor;
  const norm = tf.layers.batchNormalization({ name: 'norm' }).apply(trunk) as tf.SymbolicTensor;
  const drop = tf.layers.dropout({ rate: 0.2, seed: 5, name: 'drop' }).apply(norm) as tf.SymbolicTensor;
  const heads = [
    dense(4, 'digit', { activation: 'softmax' }),
    dense(3, 'clothing', { activation: 'softmax' }),
  ];
  return tf.model({ inputs: x, outputs: heads.map((head) => head.apply(drop) as tf.SymbolicTensor) });
}

const example = (index: number) => ({
  xs: [...uniform([3], index).dataSync()],
  ys: { digit: index % 4, clothing: (index * index) % 3 },
});
/**
 * Shuffled anew in each epoch, from a seed. Plain numbers need no disposal if they are read ahead and not
 * used.
 */
const shuffled = () =>
  tf.data
    .array(Array.from({ length: 17 }, (_, index) => tf.tidy(() => example(index)) as never))
    .shuffle(9, '3') as unknown as tf.data.Dataset<never>;
const options = () => ({ objectives, combiner: remembering(), optimizer: 'adam' }) as const;

const ways: Record<string, (model: tf.LayersModel, change: object) => ReturnType<typeof fit>> = {
  'a dataset that is shuffled in each epoch': (model, change) =>
    fit(model, shuffled().batch(3), {
      ...options(),
      validationData: shuffled().batch(4),
      ...change,
    } as DatasetFitOptions),
  'a dataset that goes on over epochs': (model, change) =>
    fit(model, shuffled().repeat().batch(3), {
      ...options(),
      batchesPerEpoch: 4,
      ...change,
    } as DatasetFitOptions),
  tensors: (model, change) =>
    fit(
      model,
      uniform([17, 3], 1),
      { digit: wholeNumbers([17], 4, 1), clothing: wholeNumbers([17], 3, 2) },
      { ...options(), batchSize: 4, validationSplit: 0.2, seed: 8, ...change },
    ),
};

test.each(Object.entries(ways))(
  '%s: a training that is resumed is the one that never stopped, bit for bit',
  async (_, run) => {
    const [whole, before, after] = [make(), make(), make()];
    const expected = await run(whole, { epochs: 5 });
    const store = memoryStore();
    const first = await run(before, { epochs: 3, checkpoint: { to: store, every: 2 } });
    expect(store.saves).toBe(2);
    expect(first.epoch).toEqual([0, 1, 2]);
    const tensors = tf.memory().numTensors;
    const second = await run(after, { epochs: 5, resumeFrom: store, checkpoint: { to: store } });
    expect(tf.memory().numTensors).toBe(tensors + (run === ways.tensors ? 3 : 0));
    expect(weightsIn(after)).toEqual(weightsIn(whole));
    expect(second).toEqual(expected);
    expect(second.epoch).toEqual([0, 1, 2, 3, 4]);
    expect(store.saves).toBe(4);
    // A finished training has nothing left to do.
    expect(await run(make(), { epochs: 5, resumeFrom: store })).toEqual(expected);
  },
);

test('a training that a callback has stopped half-way goes on from the epoch before', async () => {
  const [whole, before, after] = [make(), make(), make()];
  const run = ways.tensors!;
  const expected = await run(whole, { epochs: 3 });
  const store = memoryStore();
  let batches = 0;
  const callbacks = {
    onBatchEnd: async () => {
      before.stopTraining = ++batches === 6;
    },
  };
  await run(before, { epochs: 3, checkpoint: { to: store }, callbacks });
  expect(store.saves).toBe(1);
  expect(await run(after, { epochs: 3, resumeFrom: store })).toEqual(expected);
  expect(weightsIn(after)).toEqual(weightsIn(whole));
});

test('early stopping counts the epochs before', async () => {
  const stop = () => tf.callbacks.earlyStopping({ monitor: 'val_digit_loss', patience: 3 });
  const still = { optimizer: tf.train.sgd(0), objectives: [objectives[0]!], combiner: sum };
  const store = memoryStore();
  const run = ways.tensors!;
  // Nothing improves after the first epoch.
  const part = await run(twoHeaded(), {
    ...still,
    epochs: 3,
    callbacks: [stop()],
    checkpoint: { to: store },
  });
  expect(part.epoch).toEqual([0, 1, 2]);
  const second = await run(twoHeaded(), { ...still, epochs: 9, callbacks: [stop()], resumeFrom: store });
  expect(second.epoch).toEqual([0, 1, 2, 3]);
});

test('what is not as it was is said, and nothing has changed', async () => {
  const store = memoryStore();
  const run = ways.tensors!;
  await run(make(), { epochs: 1, checkpoint: { to: store } });
  const failing = async (change: object, edit: (model: tf.LayersModel) => void = () => {}) => {
    const model = make();
    edit(model);
    const before = weightsIn(model);
    const failure = await run(model, { epochs: 2, resumeFrom: store, ...change }).then(
      () => 'resumed',
      String,
    );
    expect(weightsIn(model)).toEqual(before);
    return failure;
  };
  expect(await failing({ batchSize: 5 })).toMatch(
    /was made with batchSize 4, but it is 5 now\. Go on with the same/,
  );
  expect(await failing({ shuffle: false })).toMatch(/was made with shuffle true, but it is false now/);
  expect(await failing({ seed: 9 })).toMatch(/made with the seed 8, but the trainer has 9/);
  expect(await failing({ optimizer: 'sgd' })).toMatch(/The checkpoint's optimizer kept/);
  expect(await failing({ initialEpoch: 1 })).toMatch(/both resumeFrom and initialEpoch are given/);
  expect(await failing({ resumeFrom: memoryStore() })).toMatch(/fit: resumeFrom: .* nothing is stored/);
  expect(await failing({ checkpoint: { to: store, every: 0 } })).toMatch(
    /checkpoint\.every: it is 0, but must be a whole number from 1/,
  );
  const freeze = (model: tf.LayersModel) => {
    model.getLayer('trunk').trainable = false;
  };
  expect(await failing({}, freeze)).toMatch(
    /"trunk\/kernel" was trained, and now it is not\. Set `trainable`/,
  );
  await run(make(), { epochs: 2, resumeFrom: store });
});
