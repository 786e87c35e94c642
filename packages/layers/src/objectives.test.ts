import { createTrainer, type GramianCombiner, type GramianStep, type LossCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { fit, type LayersObjective, objectivesOf, weightsOf } from './index.ts';
import { datasetOf, sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { kinds, twoHeaded } from './testing/models.ts';

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

test('a loop of one’s own makes the steps that fit makes', async () => {
  const [one, other] = [twoHeaded(), twoHeaded()];
  other.setWeights(one.getWeights());
  const trainer = createTrainer({
    objectives: objectivesOf(one, heads),
    combiner: sum,
    optimizer: tf.train.adam(0.01),
    ...weightsOf(one),
  });
  for (let batch = 0; batch < 3; batch++) await trainer.step(element(batch));
  await fit(other, datasetOf(3, element), {
    objectives: heads,
    combiner: sum,
    optimizer: tf.train.adam(0.01),
  });
  expect(weightsIn(one)).toEqual(weightsIn(other));
});

test('a step tells the predictions of objectives with metrics, and the loss that penalties were added to', async () => {
  const model = twoHeaded({ kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) });
  const trainer = createTrainer({
    objectives: objectivesOf(model, heads),
    combiner: sum,
    optimizer: tf.train.sgd(0),
    ...weightsOf(model),
  });
  const batch = element(1);
  const predicted = tf.tidy(() => (model.predict(batch.xs) as tf.Tensor[])[0]!.dataSync());
  const { losses, outputs } = await trainer.step(batch);
  expect(Object.keys(outputs[0]!)).toEqual(['digit']);
  const { prediction, unpenalized } = outputs[0]!.digit!;
  for (const [i, x] of prediction!.dataSync().entries()) expect(x).toBeCloseTo(predicted[i]!, 5);
  const penalty = tf.tidy(() => tf.addN(model.calculateLosses()).dataSync()[0]!);
  expect(penalty).toBeGreaterThan(0.1);
  expect(unpenalized!.dataSync()[0]! + penalty).toBeCloseTo(losses.digit!, 5);
  trainer.dispose();
  expect(prediction!.isDisposed).toBe(true);
});

test('all objectives share one forward pass', async () => {
  const model = twoHeaded();
  let passes = 0;
  const trunk = model.getLayer('trunk');
  const call = trunk.call.bind(trunk);
  trunk.call = (...args) => {
    passes++;
    return call(...args);
  };
  await fit(model, datasetOf(3, element), { objectives: heads, combiner: sum, optimizer: 'sgd' });
  expect(passes).toBe(3);
});

test('what is trained and what moves beside it are told apart, frozen or not', () => {
  for (const { make } of Object.values(kinds)) {
    const model = make();
    const names = () => {
      const { variables, state } = weightsOf(model);
      return { variables: variables.map(({ name }) => name), state: state.map(({ name }) => name) };
    };
    const flags = () => model.layers.map(({ trainable }) => trainable);
    const all = names();
    expect(all.state.every((name) => /moving_(mean|variance)$/.test(name))).toBe(true);
    expect(all.variables.every((name) => !name.includes('moving'))).toBe(true);
    expect(all.variables.length + all.state.length).toBe(new Set(model.weights).size);
    const before = flags();
    for (const layer of model.layers) layer.trainable = !layer.trainable;
    const turned = model.trainableWeights.map(({ name }) => name);
    expect(names()).toEqual(all);
    expect(flags()).toEqual(before.map((flag) => !flag));
    expect(model.trainableWeights.map(({ name }) => name)).toEqual(turned);
  }
});

/** One combiner for each path: with several batches a step, and with a second look at the losses. */
const independent: GramianCombiner = {
  name: 'independent',
  needs: 'gramian',
  batches: 2,
  combine: ({ gramian }) => ({ coefficients: Array(gramian.size).fill(0.5) }),
};
const epochs: number[] = [];
const again: LossCombiner<number> = {
  name: 'again',
  needs: 'losses',
  init: () => 0,
  combine: ({ losses, epoch, memory }) => {
    epochs.push(epoch);
    return { weights: losses.map(() => 1), memory };
  },
  after: ({ losses }) => losses.length,
};

test.each([sum, independent, again])('$name: no tensors are left over', async (combiner) => {
  const model = twoHeaded();
  const before = tf.memory().numTensors;
  const data = datasetOf(5, (batch) => ({
    ...element(batch),
    sampleWeight: { digit: tf.tensor1d([1, 0, 1, 2, 1]) },
  }));
  const { epoch, history } = await fit(model, data, {
    objectives: heads,
    combiner,
    optimizer: 'adam',
    epochs: 2,
    validationData: datasetOf(2, element),
    classWeight: { clothing: { 0: 1, 1: 2, 2: 3 } },
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(epoch).toEqual([0, 1]);
  expect(history.digit_acc).toHaveLength(2);
  const [x, y] = [uniform([7, 3], 1), { digit: wholeNumbers([7], 4, 1), clothing: wholeNumbers([7], 3, 1) }];
  const given = tf.memory().numTensors;
  await fit(model, x, y, {
    objectives: heads,
    combiner,
    optimizer: 'sgd',
    batchSize: 2,
    validationSplit: 0.3,
  });
  expect(tf.memory().numTensors).toBe(given);
});

test('combiners are told the epochs of a dataset that does not know its size', async () => {
  epochs.splice(0);
  const options = { objectives: heads, combiner: again, optimizer: 'sgd', initialEpoch: 3, epochs: 5 };
  await fit(twoHeaded(), datasetOf(2, element), options);
  expect(epochs).toEqual([3, 3, 4, 4]);
});

test('combiners may be frozen, or of a class with private fields', async () => {
  class Counted implements GramianCombiner {
    readonly name = 'counted';
    readonly needs = 'gramian';
    #steps = 0;
    get steps() {
      return this.#steps;
    }
    combine({ gramian }: GramianStep) {
      this.#steps++;
      return { coefficients: Array<number>(gramian.size).fill(1) };
    }
  }
  const counted = new Counted();
  for (const combiner of [counted, Object.freeze({ ...again }), Object.freeze({ ...sum })]) {
    await fit(twoHeaded(), datasetOf(2, element), { objectives: heads, combiner, optimizer: 'sgd' });
  }
  expect(counted.steps).toBe(2);
});

test('of the batches that steps of several take, a rest is left out', async () => {
  const steps: number[] = [];
  const callbacks = {
    onBatchEnd: async (step: number, logs?: tf.Logs) => void steps.push(step, logs!.size!),
  };
  const options = { objectives: heads, combiner: independent, optimizer: 'sgd', callbacks };
  await fit(twoHeaded(), datasetOf(5, element), options);
  expect(steps).toEqual([0, 10, 1, 10]);
  await expect(fit(twoHeaded(), datasetOf(1, element), options)).rejects.toThrow(
    /epoch 0 has 1 batches, but the combiner independent takes 2 independent ones a step/,
  );
});

test('statistics of batch normalisation go back when a step fails', async () => {
  const model = kinds['batch normalisation']!.make();
  const x = uniform([6, 3], 1);
  const statistics = () => weightsOf(model).state.map((variable) => [...variable.dataSync()]);
  const before = statistics();
  const bad = { name: 'bad', priority: 1, loss: () => tf.scalar(Number.NaN) } as const;
  const good = { output: 0, name: 'good', loss, priority: 0 } as const;
  const options = { combiner: sum, optimizer: 'sgd' } as const;
  const y = wholeNumbers([6], 4, 1);
  await expect(fit(model, x, y, { ...options, objectives: [good, bad] })).rejects.toThrow();
  expect(statistics()).toEqual(before);
  await fit(model, x, y, { ...options, objectives: [good] });
  expect(statistics()).not.toEqual(before);
});
