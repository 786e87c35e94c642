// One combiner of each kind, on the same two gradients. A combiner is a plain value; its `needs` says what it is shown.
import {
  type ConstantCombiner,
  createVectorEngine,
  type ElementCombiner,
  type GramianCombiner,
  type LossCombiner,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

/** Fixed weights: each level counts half as much as the one above. */
export const halved: ConstantCombiner = {
  name: 'halved',
  needs: 'nothing',
  weights: (rows) => rows.map(({ level }) => 0.5 ** level),
};

/** Weights from the losses: only the largest counts. */
export const worst: LossCombiner = {
  name: 'worst',
  needs: 'losses',
  combine: ({ losses }) => ({ weights: losses.map((loss) => (loss === Math.max(...losses) ? 1 : 0)) }),
};

/** Coefficients from the inner products: the sum of the gradients, each made 1 long. */
export const unitSum: GramianCombiner = {
  name: 'unit-sum',
  needs: 'gramian',
  combine: ({ gramian, rows }) => ({
    coefficients: rows.map((_, i) => (gramian.at(i, i) > 0 ? 1 / Math.sqrt(gramian.at(i, i)) : 0)),
  }),
};

/** Single elements: the sum where all gradients have the same sign, and 0 elsewhere. */
export const agreed: ElementCombiner = {
  name: 'agreed',
  needs: 'elements',
  element({ column }) {
    const agree = Math.abs(column.reduce((sum, x) => sum + Math.sign(x), 0)) === column.length;
    return agree ? column.reduce((sum, x) => sum + x, 0) : 0;
  },
  combine({ gradients }) {
    const agree = tf.equal(tf.abs(tf.sum(tf.sign(gradients), 0)), gradients.shape[0]);
    return tf.mul(tf.sum(gradients, 0), tf.cast(agree, 'float32')) as tf.Tensor1D;
  },
};

for (const combiner of [halved, worst, unitSum, agreed]) {
  const objectives = [
    { name: 'first', priority: 0 },
    { name: 'second', priority: 1 },
  ];
  const engine = createVectorEngine({ combiner, objectives });
  const gradients = [
    [3, 0, 4],
    [-1, 2, 2],
  ];
  const { direction } = engine.step({ batches: [gradients], losses: [0.5, 2] });
  console.log(`${combiner.name}: ${direction.map((x) => x.toFixed(2)).join(', ')}`);
}
