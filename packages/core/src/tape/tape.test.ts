import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { record } from './record.ts';

afterEach(() => tf.disposeVariables());

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 0.5, 'float32', seed);

/** Small models with two losses each, over layers whose gradients differ in kind. */
const models: Record<string, () => { variables: tf.Variable[]; losses: (() => tf.Scalar)[] }> = {
  dense: () => {
    const variables = [
      tf.variable(random([5, 4], 1)),
      tf.variable(random([4], 2)),
      tf.variable(random([4, 3], 3)),
    ];
    const x = random([6, 5], 4);
    const [w, b, v] = variables as [tf.Variable, tf.Variable, tf.Variable];
    const hidden = () => tf.relu(tf.add(tf.matMul(x, w as tf.Tensor2D), b));
    return {
      variables,
      losses: [
        () => tf.mean(tf.square(tf.matMul(hidden() as tf.Tensor2D, v as tf.Tensor2D))),
        () => tf.mean(tf.softmax(hidden())),
      ],
    };
  },
  'convolution, pooling, embedding': () => {
    const filter = tf.variable(random([3, 3, 2, 4], 1));
    const table = tf.variable(random([7, 4], 2));
    const image = random([2, 8, 8, 2], 3) as tf.Tensor4D;
    const indices = tf.tensor1d([1, 6, 1, 3], 'int32');
    const pooled = () => tf.maxPool(tf.conv2d(image, filter as tf.Tensor4D, 1, 'same'), 2, 2, 'valid');
    return {
      variables: [filter, table],
      losses: [
        () => tf.mean(tf.mul(tf.mean(pooled(), [1, 2]), tf.mean(tf.gather(table, indices), 0))),
        () => tf.sum(tf.square(tf.gather(table, indices))),
      ],
    };
  },
  'many outputs, one of them used': () => {
    const x = tf.variable(random([4, 6], 1));
    return {
      variables: [x],
      losses: [() => tf.sum(tf.square(tf.split(x, 3, 1)[1]!)), () => tf.sum(tf.mul(tf.unstack(x)[0]!, 2))],
    };
  },
  'a gradient function that passes on what it was given': () => {
    const x = tf.variable(random([3], 1));
    const through = tf.customGrad((t) => ({
      value: tf.mul(t as tf.Tensor, 1),
      gradFunc: (dy) => dy as tf.Tensor,
    }));
    return {
      variables: [x],
      losses: [() => tf.sum(tf.add(through(x), through(x))), () => tf.sum(tf.mul(through(x), through(x)))],
    };
  },
};

test.each(Object.keys(models))('%s: one tape gives each loss the gradients of variableGrads', (name) => {
  const { variables, losses } = models[name]!();
  const expected = losses.map((loss) => tf.variableGrads(loss, variables).grads);
  const tensors = tf.memory().numTensors;
  const { value, tape } = record(variables, () => losses.map((loss) => loss()));
  const scalars = value as tf.Scalar[];
  // The passes run twice, and in reverse: a pass must leave the tape as it was.
  for (const [index, loss] of [...scalars.entries(), ...[...scalars.entries()].reverse()]) {
    const gradients = tape.backward([[loss, 1]]);
    for (const [v, variable] of variables.entries()) {
      const reference = expected[index]![variable.name];
      const own = gradients[v] ?? null;
      if (own === null)
        expect(reference === undefined || tf.max(tf.abs(reference)).dataSync()[0] === 0).toBe(true);
      else expect([...own.dataSync()]).toEqual([...reference!.dataSync()]);
    }
    tf.dispose(gradients as tf.Tensor[]);
  }
  const both = tape.backward([
    [scalars[0]!, 2],
    [scalars[1]!, -0.5],
  ]);
  for (const [v, variable] of variables.entries()) {
    const parts = expected.map((grads) => grads[variable.name]?.dataSync());
    for (const [i, x] of both[v]!.dataSync().entries()) {
      expect(x).toBeCloseTo(2 * (parts[0]?.[i] ?? 0) - 0.5 * (parts[1]?.[i] ?? 0), 5);
    }
  }
  tf.dispose([both as tf.Tensor[], scalars]);
  tape.dispose();
  expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors + (name.startsWith('dense') ? 0 : 1));
});

test('a gradient function may give one tensor to several inputs, whatever each has been given before', () => {
  const [x, y] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(5))];
  const sum = tf.customGrad((a, b) => ({
    value: tf.add(a as tf.Tensor, b as tf.Tensor),
    gradFunc: (dy) => {
      const both = tf.mul(dy as tf.Tensor, 2);
      return [both, both];
    },
  }));
  // Later uses are differentiated first: x, y, both or neither has a gradient when the sum's is added.
  for (const later of [[], [x], [y], [x, y]]) {
    const { value, tape } = record([x, y], () =>
      later.reduce((total, variable) => tf.add(total, tf.square(variable)), sum(x, y)),
    );
    const gradients = tape.backward([[value as tf.Scalar, 1]]);
    expect(gradients.map((gradient) => gradient!.dataSync()[0])).toEqual([
      later.includes(x) ? 8 : 2,
      later.includes(y) ? 12 : 2,
    ]);
    tf.dispose([value, gradients as tf.Tensor[]]);
    tape.dispose();
  }
});

test('tensors that a gradient function owns or saved survive the passes', () => {
  const x = tf.variable(tf.tensor1d([1, 1, 1]));
  const constant = tf.tensor1d([1, 2, 3]);
  const owning = tf.customGrad((t) => ({ value: tf.clone(t as tf.Tensor), gradFunc: () => constant }));
  const saving = tf.customGrad((t, save) => {
    (save as (tensors: tf.Tensor[]) => void)([t as tf.Tensor]);
    return { value: tf.clone(t as tf.Tensor), gradFunc: (_, saved) => saved[0]! };
  });
  const { value, tape } = record([x], () => tf.sum(tf.add(owning(x), saving(x))));
  for (const _ of [1, 2]) {
    const [gradient] = tape.backward([[value as tf.Scalar, 1]]);
    expect([...gradient!.dataSync()]).toEqual([2, 3, 4]);
    gradient!.dispose();
  }
  expect(constant.isDisposed).toBe(false);
  tape.dispose();
});

test('a forward pass that throws leaves nothing behind', () => {
  const x = tf.variable(tf.tensor1d([1, 2]));
  const tensors = tf.memory().numTensors;
  const failing = () =>
    record([x], () => {
      tf.square(x);
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(tf.memory().numTensors).toBe(tensors);
  expect(tf.variableGrads(() => tf.sum(tf.square(x))).grads[x.name]).toBeDefined();
});

test('recording inside a gradient function is refused', () => {
  const x = tf.variable(tf.scalar(1));
  expect(() => tf.variableGrads(() => record([x], () => tf.square(x)).value)).toThrow(
    /inside a gradient function. Call it outside/,
  );
});
