import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fit } from './index.ts';
import { datasetOf, difference, inputsFor, sum, uniform, weightsIn, wholeNumbers } from './testing/data.ts';
import { kinds, twoHeaded } from './testing/models.ts';

afterEach(() => tf.disposeVariables());

/** A model and a copy with the same weights. */
function twins(make: () => tf.LayersModel): [tf.LayersModel, tf.LayersModel] {
  const [one, other] = [make(), make()];
  other.setWeights(one.getWeights());
  return [one, other];
}

const optimizers = {
  sgd: () => tf.train.sgd(0.3),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adam: () => tf.train.adam(0.01),
};

test.each(Object.entries(kinds))(
  '%s: the weights, losses and metrics are those of model.fitDataset',
  async (_, kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.constantFrom('sgd', 'momentum', 'adam'),
        fc.boolean(),
        async (seed, name, isSparse) => {
          const loss = isSparse ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
          const [theirs, ours] = twins(kind.make);
          const element = (batch: number) => {
            const classes = wholeNumbers([6], 4, seed, batch, 1);
            const ys = isSparse
              ? classes
              : tf.tidy(() => tf.cast(tf.oneHot(tf.cast(classes, 'int32'), 4), 'float32'));
            return { xs: inputsFor(kind, 6, seed + batch), ys };
          };
          const dataset = datasetOf(3, element);
          const validationData = datasetOf(2, (batch) => element(batch + 7));
          const shared = { epochs: 2, validationData, verbose: 0 } as const;
          theirs.compile({ optimizer: optimizers[name](), loss, metrics: ['accuracy'] });
          const expected = await theirs.fitDataset(dataset, shared);
          const output = 0;
          const history = await fit(ours, dataset, {
            ...shared,
            objectives: [{ output, loss, priority: 0, metrics: ['accuracy'] }],
            combiner: sum,
            optimizer: optimizers[name](),
          });
          // Adam divides by the root of a square, which enlarges rounding errors where it is tiny.
          expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(name === 'adam' ? 2e-4 : 1e-5);
          expect(Object.keys(history.history).sort()).toEqual(Object.keys(expected.history).sort());
          for (const [key, values] of Object.entries(expected.history)) {
            for (const [epoch, value] of values.entries()) {
              expect(history.history[key]![epoch]).toBeCloseTo(value as number, 4);
            }
          }
          tf.disposeVariables();
        },
      ),
      { numRuns: 4 },
    );
  },
);

test('several outputs under one sum are trained as by model.fitDataset', async () => {
  const [theirs, ours] = twins(twoHeaded);
  const dataset = datasetOf(4, (batch) => ({
    xs: uniform([5, 3], batch),
    ys: { digit: wholeNumbers([5, 1], 4, batch), clothing: wholeNumbers([5, 1], 3, batch, 2) },
  }));
  const loss = 'sparseCategoricalCrossentropy';
  theirs.compile({ optimizer: tf.train.sgd(0.2), loss, metrics: { digit: 'accuracy' } });
  const expected = await theirs.fitDataset(dataset, { epochs: 3, verbose: 0 });
  const { history } = await fit(ours, dataset, {
    objectives: [
      { output: 'digit', loss, priority: 0, metrics: 'accuracy' },
      { output: 'clothing', loss, priority: 0 },
    ],
    combiner: sum,
    optimizer: tf.train.sgd(0.2),
    epochs: 3,
  });
  expect(difference(weightsIn(theirs), weightsIn(ours))).toBeLessThan(1e-5);
  expect(Object.keys(history).sort()).toEqual(Object.keys(expected.history).sort());
  for (const [key, values] of Object.entries(expected.history)) {
    expect(history[key]).toHaveLength(3);
    for (const [epoch, value] of values.entries())
      expect(history[key]![epoch]).toBeCloseTo(value as number, 5);
  }
});
