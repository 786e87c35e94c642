import type { GramianCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { fit, type LayersObjective } from './index.ts';
import { datasetOf, difference, sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { twoHeaded } from './testing/models.ts';

afterEach(() => tf.disposeVariables());

const loss = 'sparseCategoricalCrossentropy';
const heads: LayersObjective[] = [
  { output: 'digit', loss, priority: 0 },
  { output: 'clothing', loss, priority: 1 },
];
/** The sum once more, as a combiner that also reads the gradients. */
const observed: GramianCombiner = {
  name: 'observed',
  needs: 'gramian',
  combine: ({ gramian }) => ({ coefficients: Array(gramian.size).fill(1) }),
};

function twins(): [tf.LayersModel, tf.LayersModel] {
  const [one, other] = [twoHeaded(), twoHeaded()];
  other.setWeights(one.getWeights());
  return [one, other];
}

const inputs = (batch: number) => uniform([5, 3], batch);
const digits = (batch: number) => wholeNumbers([5], 4, batch, 1);
const clothes = (batch: number) => wholeNumbers([5], 3, batch, 2);

/** The cross-entropy of each example, from its definition. */
function crossEntropies(labels: tf.Tensor, prediction: tf.Tensor): tf.Tensor1D {
  const chosen = tf.oneHot(tf.cast(labels, 'int32') as tf.Tensor1D, prediction.shape[1]!);
  return tf.neg(tf.sum(tf.mul(chosen, tf.log(prediction)), 1));
}

/** Trains with tf.train alone on the sum of the losses of each batch. */
function trainedBy(
  model: tf.LayersModel,
  batches: number,
  losses: (batch: number, outputs: tf.Tensor[]) => tf.Scalar[],
): void {
  const optimizer = tf.train.sgd(0.2);
  for (let batch = 0; batch < batches; batch++) {
    optimizer.minimize(() => {
      const outputs = model.apply(inputs(batch), { training: true }) as tf.Tensor[];
      return losses(batch, outputs).reduce((total, one) => tf.add(total, one));
    });
  }
}

const mean = (values: tf.Tensor) => tf.mean(values) as tf.Scalar;

test('an output without labels in a batch has no loss there', async () => {
  const [theirs, ours] = twins();
  trainedBy(theirs, 4, (batch, [digit, clothing]) => [
    ...(batch === 1 ? [] : [mean(crossEntropies(digits(batch), digit!))]),
    ...(batch === 2 ? [] : [mean(crossEntropies(clothes(batch), clothing!))]),
  ]);
  const dataset = datasetOf(4, (batch) => ({
    xs: inputs(batch),
    ys:
      batch === 1
        ? ({ digit: null, clothing: clothes(batch) } as never)
        : batch === 2
          ? { digit: digits(batch) }
          : [digits(batch), clothes(batch)],
  }));
  const history = await fit(ours, dataset, {
    objectives: heads,
    combiner: sum,
    optimizer: tf.train.sgd(0.2),
  });
  expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(1e-5);
  expect(history.objectives.digit!.absent).toEqual([1]);
  expect(history.objectives.clothing!.absent).toEqual([1]);
});

test('examples count by their weights, and what has weight 0 may have any label', async () => {
  const [theirs, ours] = twins();
  const weights = [0, 2, 1, 0, 0.5];
  trainedBy(theirs, 3, (batch, [digit, clothing]) => [
    mean(tf.mul(crossEntropies(digits(batch), digit!), weights)),
    // A batch without any labelled example has no loss.
    ...(batch === 1 ? [] : [mean(crossEntropies(clothes(batch), clothing!))]),
  ]);
  const dataset = datasetOf(3, (batch) => {
    const unknown = digits(batch).arraySync() as number[];
    const labels = unknown.map((label, example) => (weights[example] === 0 ? Number.NaN : label));
    return {
      xs: inputs(batch),
      ys: { digit: tf.tensor1d(labels), clothing: clothes(batch) },
      sampleWeight: { digit: tf.tensor1d(weights), clothing: batch === 1 ? tf.zeros([5]) : tf.ones([5]) },
    };
  });
  const { objectives, history } = await fit(ours, dataset, {
    objectives: [{ ...heads[0]!, metrics: 'accuracy' } as LayersObjective, heads[1]!],
    combiner: sum,
    optimizer: tf.train.sgd(0.2),
  });
  expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(1e-5);
  expect(objectives.clothing!.absent).toEqual([1]);
  // Each of three batches has three examples with labels.
  expect((history.digit_acc![0]! * 9) % 1).toBeCloseTo(0, 5);
});

test('an objective of one’s own is trained beside the outputs', async () => {
  const [theirs, ours] = twins();
  const size = (model: tf.LayersModel) => {
    const squares = model.trainableWeights.map((weight) => tf.sum(tf.square(weight.read())));
    return tf.mul(0.1, tf.addN(squares)) as tf.Scalar;
  };
  trainedBy(theirs, 3, (batch, [digit]) => [mean(crossEntropies(digits(batch), digit!)), size(theirs)]);
  const dataset = datasetOf(3, (batch) => ({ xs: inputs(batch), ys: { digit: digits(batch) } }));
  const { history, objectives } = await fit(ours, dataset, {
    objectives: [heads[0]!, { name: 'size', loss: () => size(ours), priority: 1 }],
    combiner: sum,
    optimizer: tf.train.sgd(0.2),
  });
  expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(1e-5);
  expect(history.loss![0]).toBeCloseTo(objectives.digit!.loss[0]! + objectives.size!.loss[0]!, 6);
  expect(history.size_loss).toEqual(objectives.size!.loss);
});

test('cosines and what was worsened are those of the gradients', async () => {
  const [theirs, ours] = twins();
  const gradients = [0, 1].map((head) => {
    const { grads } = tf.variableGrads(() => {
      const outputs = theirs.apply(inputs(0), { training: true }) as tf.Tensor[];
      return mean(crossEntropies([digits, clothes][head]!(0), outputs[head]!));
    });
    return theirs.weights.flatMap((weight) => {
      const gradient = grads[weight.name] ?? tf.zeros(weight.shape as number[]);
      return [...gradient.dataSync()];
    });
  });
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
  // An objective in conflict with `clothing`: its gradient is minus three times the other's.
  const against: LayersObjective = {
    name: 'against',
    output: 'clothing',
    priority: 2,
    loss: (yTrue, yPred) => tf.mul(-3, crossEntropies(yTrue, yPred)),
  };
  const dataset = datasetOf(1, () => ({ xs: inputs(0), ys: { digit: digits(0), clothing: clothes(0) } }));
  const { objectives } = await fit(ours, dataset, {
    objectives: [...heads, against],
    combiner: observed,
    optimizer: tf.train.sgd(0),
  });
  const [a, b] = gradients as [number[], number[]];
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  expect(objectives.digit!.cosines.clothing![0]).toBeCloseTo(cosine, 5);
  expect(objectives.clothing!.cosines.digit![0]).toBeCloseTo(cosine, 5);
  expect(objectives.digit!.cosines.against![0]).toBeCloseTo(-cosine, 5);
  expect(objectives.clothing!.cosines.against![0]).toBeCloseTo(-1, 5);
  const direction = a.map((x, i) => x + b[i]! - 3 * b[i]!);
  const isWorse = (gradient: readonly number[]) => Number(dot(gradient, direction) < 0);
  expect(objectives.digit!.worsened).toEqual([isWorse(a)]);
  expect(objectives.clothing!.worsened).toEqual([isWorse(b)]);
  expect(isWorse(b)).toBe(1);
});

test('coefficients are kept for several steps', async () => {
  const [always, sometimes] = twins();
  let asked = 0;
  const counted: GramianCombiner = {
    ...observed,
    combine(step) {
      asked++;
      return observed.combine(step);
    },
  };
  const batches = () => datasetOf(5, (batch) => ({ xs: inputs(batch), ys: [digits(batch), clothes(batch)] }));
  const common = { objectives: heads, optimizer: 'sgd' };
  await fit(always, batches(), { ...common, combiner: sum });
  await fit(sometimes, batches(), { ...common, combiner: counted, coefficients: { every: 2 } });
  expect(asked).toBe(3);
  expect(difference(weightsIn(always), weightsIn(sometimes))).toBeLessThan(1e-5);
});

test('regularisers can be an objective of their own', async () => {
  const make = () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [3], kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) }),
      ],
    });
  const [alone, within] = [make(), make()];
  within.setWeights(alone.getWeights());
  const dataset = datasetOf(2, (batch) => ({ xs: inputs(batch), ys: uniform([5, 1], batch, 3) }));
  const options = {
    objectives: [{ output: 0, name: 'fit', loss: 'meanSquaredError', priority: 0 }],
    combiner: sum,
    optimizer: 'sgd',
  } as const;
  const penalty = 0.5 * (alone.getWeights()[0]!.square().sum().dataSync()[0] as number);
  const one = await fit(alone, dataset, {
    ...options,
    regularization: { priority: 1 },
    optimizer: tf.train.sgd(0),
  });
  expect(one.history.regularization_loss![0]).toBeCloseTo(penalty, 5);
  expect(one.history.loss![0]).toBeCloseTo(one.objectives.fit!.loss[0]! + penalty, 5);
  await fit(alone, dataset, { ...options, regularization: { priority: 1 } });
  const { history, objectives } = await fit(within, dataset, options);
  expect(difference(weightsIn(alone), weightsIn(within))).toBeLessThan(1e-6);
  expect(Object.keys(history)).toEqual(['loss']);
  expect(objectives.fit!.loss).toEqual(history.loss);
});

test('layers are frozen and thawed while training goes on', async () => {
  const model = twoHeaded();
  const dataset = datasetOf(2, (batch) => ({ xs: inputs(batch), ys: [digits(batch), clothes(batch)] }));
  const kernels: Float32Array[] = [];
  const trunk = model.getLayer('trunk');
  await fit(model, dataset, {
    objectives: heads,
    combiner: observed,
    optimizer: 'adam',
    epochs: 4,
    callbacks: {
      onEpochBegin: async (epoch: number) => {
        trunk.trainable = epoch % 2 === 0;
        kernels.push(weightsIn(model)[trunk.trainable ? 0 : 4]!);
      },
      onTrainEnd: async () => void kernels.push(weightsIn(model)[4]!),
    },
  });
  const moved = kernels.slice(1).map((kernel, index) => difference([kernel], [kernels[index]!]) > 0);
  expect(moved).toEqual([true, false, true, false]);
  // Layers frozen at construction count too, though their variables do not show it.
  const frozen = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, inputShape: [3], trainable: false }),
      tf.layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
  const [kernel] = frozen.layers[0]!.getWeights();
  const before = kernel!.dataSync().slice();
  const flags = frozen.weights.map((weight) => (weight.read() as tf.Variable).trainable);
  await fit(frozen, inputs(0), digits(0), {
    objectives: [{ output: 0, loss, priority: 0 }],
    combiner: sum,
    optimizer: 'sgd',
  });
  expect(frozen.layers[0]!.getWeights()[0]!.dataSync()).toEqual(before);
  expect(frozen.weights.map((weight) => (weight.read() as tf.Variable).trainable)).toEqual(flags);
});
