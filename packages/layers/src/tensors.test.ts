import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { evaluate, fit } from './index.ts';
import { datasetOf, difference, sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { twoHeaded } from './testing/models.ts';

afterEach(() => tf.disposeVariables());

function regression(): tf.Sequential {
  const initializer = tf.initializers.glorotUniform({ seed: 4 });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, inputShape: [3], activation: 'tanh', kernelInitializer: initializer }),
      tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: initializer }),
    ],
  });
}

const binary = {
  output: 0,
  name: 'answer',
  loss: 'binaryCrossentropy',
  priority: 0,
  metrics: ['accuracy', 'mse'],
};

test('in the order of the examples the weights and logs are those of model.fit', async () => {
  const [theirs, ours] = [regression(), regression()];
  ours.setWeights(theirs.getWeights());
  // The last batch is shorter than the others. Labels without an axis of their own become a column.
  const [x, y] = [uniform([11, 3], 1), wholeNumbers([11], 2, 2)];
  const shared = {
    epochs: 3,
    batchSize: 3,
    shuffle: false,
    validationSplit: 0.3,
    classWeight: { 0: 0.5, 1: 2 },
    verbose: 0,
  } as const;
  theirs.compile({ optimizer: tf.train.sgd(0.2), loss: 'binaryCrossentropy', metrics: ['accuracy', 'mse'] });
  const expected = await theirs.fit(x, y, shared);
  const history = await fit(ours, x, y, {
    ...shared,
    objectives: [binary],
    combiner: sum,
    optimizer: tf.train.sgd(0.2),
  });
  expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(1e-5);
  expect(Object.keys(history.history).sort()).toEqual(Object.keys(expected.history).sort());
  for (const [key, values] of Object.entries(expected.history)) {
    for (const [epoch, value] of values.entries()) {
      expect(history.history[key]![epoch], key).toBeCloseTo(value as number, 5);
    }
  }
  const scalars = theirs.evaluate(x, y, { batchSize: 4 }) as tf.Scalar[];
  const logs = await evaluate(theirs, x, y, { objectives: [binary], batchSize: 4 });
  expect(Object.keys(logs)).toEqual(['loss', 'acc', 'mse']);
  for (const [index, value] of Object.values(logs).entries()) {
    expect(value).toBeCloseTo(scalars[index]!.dataSync()[0]!, 5);
  }
});

test('shuffled, every epoch sees every example once, in an order that the seed tells', async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
  const x = tf.range(0, 10).reshape([10, 1]);
  const seen = async (seed: number) => {
    const rows: number[] = [];
    const objective = { name: 'see', priority: 0 } as const;
    await fit(model, x, x, {
      objectives: [
        {
          ...objective,
          loss: ({ xs }) => {
            const [input] = xs as tf.Tensor[];
            rows.push(...input!.dataSync());
            return tf.mean(model.apply(input!) as tf.Tensor) as tf.Scalar;
          },
        },
      ],
      combiner: sum,
      optimizer: 'sgd',
      batchSize: 4,
      epochs: 2,
      seed,
    });
    return rows;
  };
  const first = await seen(1);
  expect(await seen(1)).toEqual(first);
  expect(await seen(2)).not.toEqual(first);
  const [one, two] = [first.slice(0, 10), first.slice(10)];
  expect(one).not.toEqual(two);
  for (const epoch of [one, two]) expect(epoch.toSorted((a, b) => a - b)).toEqual([...Array(10).keys()]);
});

test('validation of several outputs is right, where that of TensorFlow.js 4.22 is not', async () => {
  const model = twoHeaded();
  const loss = 'sparseCategoricalCrossentropy';
  const [x, digit, clothing] = [uniform([7, 3], 1), wholeNumbers([7], 4, 2), wholeNumbers([7], 3, 3)];
  const objectives = [
    { output: 'digit', loss, priority: 0, metrics: 'accuracy', weight: 2 },
    { output: 'clothing', loss, priority: 1 },
  ];
  const logs = await evaluate(model, x, { digit, clothing }, { objectives, batchSize: 3 });
  const crossEntropy = (labels: tf.Tensor, prediction: tf.Tensor) => {
    const chosen = tf.oneHot(tf.cast(labels, 'int32') as tf.Tensor1D, prediction.shape[1]!);
    return tf.neg(tf.mean(tf.sum(tf.mul(chosen, tf.log(prediction)), 1))).dataSync()[0]!;
  };
  const [a, b] = model.predict(x) as tf.Tensor[];
  const right = tf
    .mean(tf.cast(tf.equal(tf.argMax(a!, 1), tf.cast(digit, 'int32')), 'float32'))
    .dataSync()[0]!;
  expect(logs.digit_loss).toBeCloseTo(crossEntropy(digit, a!), 5);
  expect(logs.clothing_loss).toBeCloseTo(crossEntropy(clothing, b!), 5);
  expect(logs.loss).toBeCloseTo(2 * logs.digit_loss! + logs.clothing_loss!, 5);
  expect(logs.digit_acc).toBeCloseTo(right, 6);
  expect(Object.keys(logs)).toEqual(['loss', 'digit_loss', 'clothing_loss', 'digit_acc']);
  // A dataset of one batch gives the same. An output without labels is left out.
  const once = datasetOf(1, () => ({ xs: x.clone(), ys: { digit: digit.clone() } }));
  const alone = await evaluate(model, once, { objectives });
  expect(Object.keys(alone)).toEqual(['loss', 'digit_loss', 'digit_acc']);
  expect(alone.digit_loss).toBeCloseTo(logs.digit_loss!, 5);
});

test('a validation of tensors weighs its examples', async () => {
  const model = regression();
  const [x, y] = [uniform([6, 3], 1), wholeNumbers([6, 1], 2, 2)];
  const weights = tf.tensor1d([0, 1, 0, 1, 1, 0]);
  const labelled = tf.tensor1d([1, 3, 4], 'int32');
  const objectives = [binary];
  const options = { objectives, combiner: sum, optimizer: tf.train.sgd(0) } as const;
  const { history } = await fit(model, x, y, { ...options, validationData: [x, y, weights] });
  const only = await evaluate(model, tf.gather(x, labelled), tf.gather(y, labelled), { objectives });
  expect(history.val_acc![0]).toBeCloseTo(only.acc!, 6);
  // As in Keras, a loss is the mean over all examples.
  expect(history.val_loss![0]).toBeCloseTo(only.loss! / 2, 5);
});
