import { NonFiniteError, randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { evaluate, fit, type LayersObjective, objectivesOf } from './index.ts';
import { LOSSES, METRICS, OPTIMIZERS } from './names.ts';
import { datasetOf, sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { twoHeaded } from './testing/models.ts';

afterEach(() => tf.disposeVariables());

const loss = 'sparseCategoricalCrossentropy';
const heads: LayersObjective[] = [
  { output: 'digit', loss, priority: 0, metrics: 'accuracy' },
  { output: 'clothing', loss, priority: 1 },
];
const element = (batch: number) => ({
  xs: uniform([5, 3], batch),
  ys: { digit: wholeNumbers([5], 4, batch), clothing: wholeNumbers([5], 3, batch, 2) },
});
const data = datasetOf(4, element);
const options = { objectives: heads, combiner: sum, optimizer: 'adam' };

/** A mistake, its error message, and the number of steps before it. */
type Case = [
  what: string,
  change: object,
  message: RegExp,
  dataset?: tf.data.Dataset<never> | undefined,
  steps?: number,
];

const instead = (index: number, change: object) => ({
  objectives: heads.map((head, i) => (i === index ? { ...head, ...change } : head)),
});
const withData = (make: (batch: number) => object) =>
  datasetOf(4, make as never) as unknown as tf.data.Dataset<never>;
/** A dataset whose third batch is changed. */
const third = (change: (given: ReturnType<typeof element>) => object) =>
  withData((batch) => {
    const given = element(batch);
    if (batch !== 2) return given;
    const changed = { ...given, ...change(given) };
    const used = tf.tensor_util.getTensorsInContainer(changed as unknown as tf.TensorContainer);
    const all = tf.tensor_util.getTensorsInContainer(given);
    tf.dispose(all.filter((tensor) => !used.includes(tensor)));
    return changed;
  });

const cases: Case[] = [
  [
    'an output that the model has not',
    instead(0, { output: 'digits' }),
    /objectives\[0\]: the model has no output "digits"\. Did you mean "digit"\?/,
  ],
  [
    'an output by a number',
    instead(0, { output: 2 }),
    /output 2 does not exist\. The model's outputs are 0 to 1: digit, clothing/,
  ],
  [
    'an unknown loss',
    instead(0, { loss: 'sparseCrossentropy' }),
    /"digit": TensorFlow\.js knows no loss "sparseCrossentropy"\. (Did you mean|Known)/,
  ],
  ['no loss', instead(1, { loss: undefined }), /"clothing": a loss is missing/],
  [
    'an unknown metric',
    instead(0, { metrics: ['acuracy'] }),
    /"digit": TensorFlow\.js knows no metric "acuracy"\. Did you mean "accuracy"\?/,
  ],
  [
    'an unknown field',
    instead(0, { prority: 1 }),
    /objectives\[0\] has no field "prority"\. Did you mean "priority"\?/,
  ],
  [
    'two objectives of one name',
    instead(1, { output: 'digit', loss }),
    /Two objectives are named "digit"\. Give one of them another `name`/,
  ],
  [
    'neither output nor name',
    { objectives: [{ loss: () => tf.scalar(1), priority: 0 }] },
    /objectives\[0\] has neither an output nor a name/,
  ],
  [
    'a loss by name without an output',
    { objectives: [{ name: 'size', loss: 'hinge', priority: 0 }] },
    /"size": without an `output`, its loss must be a function/,
  ],
  [
    'metrics without an output',
    { objectives: [{ name: 'size', loss: () => null, metrics: 'mse', priority: 0 }] },
    /"size": metrics compare an output with labels/,
  ],
  [
    'a priority that is none',
    instead(0, { priority: -1 }),
    /"digit": priority is -1, but must be a whole number/,
  ],
  ['no objectives', { objectives: [] }, /There are no objectives/],
  [
    'an unknown optimizer',
    { optimizer: 'adan' },
    /TensorFlow\.js knows no optimizer "adan"\. Did you mean "adam"\?/,
  ],
  ['an unknown option', { epoch: 3 }, /fit: there is no option "epoch"\. Did you mean "epochs"\?/],
  ['an option of tensors', { batchSize: 3 }, /fit: option batchSize: a dataset comes in batches of its own/],
  [
    'no epochs',
    { epochs: 2, initialEpoch: 2 },
    /initialEpoch is 2 and epochs is 2, so that there is nothing to train/,
  ],
  ['a combiner that was not called', { combiner: () => sum }, /the combiner is .*function.* Call it/],
  ['a combiner that is none', { combiner: undefined }, /fit: option combiner: it is missing/],
  [
    'regularisers that are not there',
    { regularization: { priority: 2 } },
    /none of the layers has a regularizer/,
  ],
  [
    'a mistyped callback',
    { callbacks: { onEpochend: async () => {} } },
    /callbacks\[0\] has "onEpochend", which nobody calls\. Did you mean "onEpochEnd"\?/,
  ],
  [
    'weights of classes without outputs',
    { classWeight: { 0: 1, 1: 2 } },
    /the model has the outputs digit, clothing\. Give weights by output/,
  ],
  [
    'validation of nothing',
    { validationData: 3 },
    /validationData must be a dataset, \[x, y\] or \[x, y, sampleWeight\]/,
  ],
  [
    'an empty dataset',
    {},
    /fit: epoch 0 has no batches: the dataset is empty/,
    datasetOf(0, element) as never,
  ],
  [
    'elements of another form',
    {},
    /epoch 0, batch 0: The dataset gives elements without `xs`\. Give \{ xs, ys \}/,
    withData((batch) => ({ x: uniform([5, 3], batch) })),
  ],
  [
    'an input that is not there',
    {},
    /batch 2: xs: the model has no input "z"/,
    third(({ xs }) => ({ xs: { z: xs } })),
    2,
  ],
  ['inputs of another shape', {}, /batch 2: .*shape/, third(() => ({ xs: uniform([5, 4], 1) })), 2],
  [
    'labels of an unknown output',
    {},
    /batch 2: ys: the model has no output "cloth"\. Did you mean "clothing"\?/,
    third(({ ys }) => ({ ys: { ...ys, cloth: ys.digit } })),
    2,
  ],
  [
    'one label for two outputs',
    {},
    /batch 2: ys is one tensor, but the model has the outputs digit, clothing/,
    third(({ ys }) => ({ ys: ys.digit })),
    2,
  ],
  [
    'too few examples',
    {},
    /batch 2: ys of "digit" has 3 examples, but xs has 5/,
    third(({ ys }) => ({ ys: { ...ys, digit: wholeNumbers([3], 4, 1) } })),
    2,
  ],
  [
    'one-hot labels for class numbers',
    {},
    /"digit": the labels of output "digit" have shape \[5,4\], but sparseCategoricalCrossentropy takes .*Of one-hot labels the loss is categoricalCrossentropy/,
    third(({ ys }) => ({ ys: { ...ys, digit: tf.ones([5, 4]) } })),
    2,
  ],
  [
    'class numbers for one-hot labels',
    instead(0, { loss: 'categoricalCrossentropy' }),
    /batch 0: .*have shape \[5\], but categoricalCrossentropy takes the output's, which is \[5,4\]\. Of class numbers the loss is sparseCategoricalCrossentropy/,
  ],
  [
    'labels that are texts',
    {},
    /the labels of output "digit" are of type string, but must be numbers/,
    third(({ ys }) => ({ ys: { ...ys, digit: tf.tensor1d(['a', 'b', 'c', 'd', 'e']) } })),
    2,
  ],
  [
    'weights that are negative',
    {},
    /sampleWeight of "digit": that of example 1 is -2, but must be finite and >= 0/,
    third(() => ({ sampleWeight: { digit: tf.tensor1d([1, -2, 1, 1, 1]) } })),
    2,
  ],
  [
    'a class without a weight',
    { classWeight: { digit: { 0: 1 } } },
    /classWeight of "digit": there is none for class [123]/,
  ],
  [
    'a loss that is a scalar already',
    instead(0, { loss: (_: tf.Tensor, y: tf.Tensor) => tf.mean(y) }),
    /"digit": its loss has shape \[\], so the examples cannot be weighted/,
    third(() => ({ sampleWeight: { digit: tf.ones([5]) } })),
    2,
  ],
  [
    'a loss that is no tensor',
    instead(0, { loss: () => 3 }),
    /"digit": its loss answered with 3, but must answer with a tensor/,
  ],
  [
    'a NaN in the inputs',
    {},
    /epoch 0, batch 2: .*"digit"/,
    third(() => ({ xs: tf.fill([5, 3], Number.NaN) })),
    2,
  ],
  [
    'a metric that throws',
    instead(0, {
      metrics: () => {
        throw new Error('no metric');
      },
    }),
    /epoch 0, batch 0: Objective "digit": its metric threw: no metric\./,
    undefined,
    1,
  ],
  [
    'a loss that throws',
    {
      objectives: [
        heads[0],
        {
          name: 'bad',
          priority: 1,
          loss: () => {
            throw new Error('no loss');
          },
        },
      ],
    },
    /epoch 0, batch 0: Objective "bad": its loss threw: no loss\./,
  ],
  [
    'a callback that throws',
    {
      callbacks: {
        onBatchEnd: async (batch: number) => {
          if (batch === 1) throw new Error('no disk');
        },
      },
    },
    /a callback threw in onBatchEnd of epoch 0, batch 1: no disk\. .* go on with `initialEpoch`/,
    undefined,
    2,
  ],
  [
    'a dataset that throws',
    {},
    /epoch 0: the dataset failed after 3 batches: no file\./,
    withData((batch) => {
      if (batch === 3) throw new Error('no file');
      return element(batch);
    }),
    3,
  ],
  [
    'a validation that does not fit',
    { validationData: third(({ ys }) => ({ ys: ys.digit })) },
    /validationData: Batch 2 of the evaluation: ys is one tensor/,
    undefined,
    4,
  ],
];

test.each(cases)(
  '%s: is said, and all is as the last step left it',
  async (_, change, message, dataset = data as never, steps = 0) => {
    const [ours, theirs] = [twoHeaded(), twoHeaded()];
    ours.setWeights(theirs.getWeights());
    const optimizer = tf.train.adam(0.01);
    const given = { ...options, optimizer, ...change } as unknown as typeof options;
    const before = tf.memory().numTensors;
    const failure = await fit(ours, dataset, given).then(
      () => 'it trained',
      (error: Error) => error,
    );
    expect(String(failure)).toMatch(message);
    // The optimizer has two averages for each variable, from the first step on.
    const averages = steps > 0 ? 2 * ours.weights.length : 0;
    expect(tf.memory().numTensors - before).toBe(averages);
    const own = { ...options, optimizer: tf.train.adam(0.01) };
    const likeThat = 'objectives' in change ? { ...own, objectives: (change as typeof own).objectives } : own;
    if (steps > 0) {
      const first = datasetOf(steps, element);
      const same = likeThat.objectives.map(({ metrics: _, ...objective }) => objective as LayersObjective);
      await fit(theirs, first, { ...likeThat, objectives: same });
    }
    expect(weightsIn(ours)).toEqual(weightsIn(theirs));
    // Training continues from there.
    ours.compile({ optimizer: 'sgd', loss: Array(2).fill(loss) });
    await ours.fitDataset(data, { epochs: 1, verbose: 0 });
    await fit(ours, data, options);
  },
);

test('what went wrong in a step is the cause', async () => {
  const failure = fit(
    twoHeaded(),
    third(() => ({ xs: tf.fill([5, 3], Number.NaN) })),
    options,
  );
  await expect(failure).rejects.toMatchObject({ cause: expect.any(NonFiniteError) });
});

test('a model that cannot be trained is said', async () => {
  const x = tf.input({ shape: [3, 1] });
  const model = tf.model({
    inputs: x,
    outputs: tf.layers.flatten({ name: 'digit' }).apply(x) as tf.SymbolicTensor,
  });
  const objectives = [{ output: 'digit', loss: 'meanSquaredError', priority: 0 }];
  const ones = tf.ones([2, 3, 1]);
  await expect(fit(model, ones, ones, { ...options, objectives })).rejects.toThrow(
    /has no weights that can be trained/,
  );
  const frozen = twoHeaded();
  for (const layer of frozen.layers) layer.trainable = false;
  await expect(fit(frozen, data, options)).rejects.toThrow(
    /none of the variables is trainable.*of a layer, to true/,
  );
  frozen.dispose();
  await expect(fit(frozen, data, options)).rejects.toThrow(/has been disposed of\. Make it anew/);
  await expect(fit({} as never, data, options)).rejects.toThrow(
    /is no LayersModel.*graph models cannot be trained/,
  );
  expect(() => objectivesOf({} as never, heads)).toThrow(/objectivesOf: the model is no LayersModel/);
  await expect(evaluate({} as never, data, { objectives: heads })).rejects.toThrow(/evaluate: the model/);
});

test('a model is trained by one at a time', async () => {
  const model = twoHeaded();
  model.compile({ optimizer: 'sgd', loss: Array(2).fill(loss) });
  const both = await Promise.allSettled([
    fit(model, data, options),
    fit(model, data, options),
    model.fitDataset(data, { epochs: 1, verbose: 0 }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(String((both[1] as PromiseRejectedResult).reason)).toMatch(/is being trained already/);
});

test('two outputs of one name are told apart by number', async () => {
  const make = () => {
    const [x, layer] = [tf.input({ shape: [3] }), tf.layers.dense({ units: 3, name: 'twice' })];
    const once = layer.apply(x) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs: [once, layer.apply(once) as tf.SymbolicTensor] });
  };
  const [x, y] = [uniform([4, 3], 1), uniform([4, 3], 2)];
  const objective = { loss: 'meanSquaredError', priority: 0 } as const;
  const named = fit(make(), x, [y, y], { ...options, objectives: [{ ...objective, output: 'twice' }] });
  await expect(named).rejects.toThrow(/outputs 0 and 1 are both named "twice".*Give `output` as a number/);
  const { history } = await fit(make(), x, [y, y], {
    ...options,
    objectives: [
      { ...objective, output: 0, name: 'once' },
      { ...objective, output: 1 },
    ],
  });
  expect(Object.keys(history)).toEqual(['loss', 'once_loss', 'twice_loss']);
});

test('TensorFlow.js knows the names that this package does', () => {
  const random = randomFrom(1);
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2 + Math.floor(random()), inputShape: [2] })],
  });
  for (const name of LOSSES) model.compile({ optimizer: 'sgd', loss: name });
  for (const name of METRICS) model.compile({ optimizer: 'sgd', loss, metrics: [name] });
  for (const name of OPTIMIZERS) model.compile({ optimizer: name, loss });
  for (const name of ['losss', 'adamw']) {
    expect(() => model.compile({ optimizer: 'sgd', loss: name })).toThrow();
    expect(() => model.compile({ optimizer: name, loss })).toThrow();
  }
});

test('options of datasets are none of tensors', async () => {
  const [x, y] = [uniform([4, 3], 1), { digit: wholeNumbers([4], 4, 1) }];
  const objectives = [heads[0]!];
  const failing = (change: object) => fit(twoHeaded(), x, y, { ...options, objectives, ...change });
  await expect(failing({ batchesPerEpoch: 2 })).rejects.toThrow(
    /batchesPerEpoch: tensors are trained on whole/,
  );
  await expect(failing({ validationSplit: 1 })).rejects.toThrow(/validationSplit: it is 1, but must be < 1/);
  await expect(failing({ validationSplit: 0.1, validationData: [x, y] })).rejects.toThrow(
    /both validationData and/,
  );
  await expect(failing({ validationSplit: 0.9, epochs: 1 })).rejects.toThrow(/leaves none to train on/);
  await expect(fit(twoHeaded(), tf.zeros([0, 3]), y, { ...options, objectives })).rejects.toThrow(
    /4 examples, but x has 0/,
  );
});

test('a loss of one’s own is any tensor that holds one number', async () => {
  const [x, y] = [uniform([4, 3], 1), [wholeNumbers([4], 4, 1), wholeNumbers([4], 3, 2)]];
  const own = (loss: () => tf.Tensor): LayersObjective[] => [{ name: 'own', priority: 0, loss }];
  const [model, value] = [twoHeaded(), tf.tensor(7) as tf.Tensor];
  expect(await evaluate(model, x, y, { objectives: own(() => tf.clone(value)) })).toMatchObject({ loss: 7 });
  const refusal =
    /Objective "own": its loss has shape \[2\], but must be one number, as tf\.mean and tf\.sum give/;
  const objectives = own(() => tf.ones([2]));
  await expect(evaluate(model, x, y, { objectives })).rejects.toThrow(refusal);
  await expect(fit(model, x, y, { ...options, objectives })).rejects.toThrow(refusal);
});
