import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { floats, integers } from '../../testing.ts';
import { correctWasm } from '../corrections.ts';
import { startWasm } from '../start.ts';
import { AdamStep } from './adam-step.ts';

const shapes = [[3, 5], [], [257], [4, 1, 4], [0, 2]];

/** The values of the variables and of the optimizer's state, after each step. */
function train(optimizer: tf.AdamOptimizer, gradientsOf: (step: number) => (tf.Tensor | null)[]): number[][] {
  const variables = shapes.map((shape, i) => {
    const { values } = floats(shape, i);
    return tf.tidy(() => tf.variable(tf.tensor(values as number[], shape)));
  });
  const history: number[][] = [];
  for (let step = 0; step < 4; step++)
    tf.tidy(() => {
      const gradients = gradientsOf(step).map((tensor, i) => ({ name: variables[i]!.name, tensor: tensor! }));
      if (step % 2 === 0) optimizer.applyGradients(gradients);
      else apply(optimizer, Object.fromEntries(gradients.map(({ name, tensor }) => [name, tensor])));
      history.push([...variables, ...kept(optimizer)].flatMap((tensor) => [...tensor.dataSync()]));
    });
  tf.dispose(variables);
  return history;
}

/** TensorFlow.js declares that it takes a map of variables, but it takes one of tensors. */
function apply(optimizer: tf.AdamOptimizer, gradients: tf.NamedTensorMap): void {
  optimizer.applyGradients(gradients as Parameters<typeof optimizer.applyGradients>[0]);
}

function kept(optimizer: tf.AdamOptimizer): tf.Tensor[] {
  return Object.values(optimizer).flatMap((field) =>
    field instanceof tf.Tensor ? [field] : Array.isArray(field) ? field.map(({ variable }) => variable) : [],
  );
}

function withoutKernel<Value>(compute: () => Value): Value {
  tf.unregisterKernel(AdamStep, 'wasm');
  try {
    return compute();
  } finally {
    correctWasm();
  }
}

test.each([
  ['common numbers', 1],
  ['tiny ones, whose squares vanish', 1e-30],
  ['huge ones, whose squares are infinite', 1e30],
])('Adam ends with the bits of the stock optimizer: gradients of %s', async (_name, scale) => {
  await startWasm();
  const gradients = (step: number): (tf.Tensor | null)[] =>
    shapes.map((shape, i) =>
      i === 2 && step === 2
        ? null
        : tf.tensor(
            floats(shape, 10 * step + i).values.map((x) => x * scale),
            shape,
          ),
    );
  const both = [withoutKernel, <Value>(compute: () => Value): Value => compute()].map((run) =>
    run(() => {
      const before = tf.memory().numTensors;
      const optimizer = tf.train.adam(0.01, 0.9, 0.99, 1e-6);
      const history = train(optimizer, gradients);
      expect(optimizer.iterations).toBe(4);
      optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      return history;
    }),
  );
  expect(both[1]).toEqual(both[0]);
});

test('who shares the data of a variable keeps what it had', async () => {
  await startWasm();
  const variable = tf.variable(tf.tensor1d([1, 2, 3]));
  const optimizer = tf.train.adam(0.1);
  const step = (): void => apply(optimizer, { [variable.name]: tf.tensor1d([1, 1, 1]) });
  step();
  const shared = tf.clone(variable);
  const before = [...shared.dataSync()];
  step();
  expect([...shared.dataSync()]).toEqual(before);
  expect([...variable.dataSync()]).not.toEqual(before);
});

test('no memory is asked for where nobody else looks', async () => {
  await startWasm();
  const variable = tf.variable(tf.zeros([1000]));
  const optimizer = tf.train.adam(0.1);
  const gradient = tf.ones([1000]);
  const step = (): void => apply(optimizer, { [variable.name]: gradient });
  step();
  const { dataId } = variable;
  step();
  expect(variable.dataId).toBe(dataId);
});

test('a gradient of another type or shape is what it is to the stock optimizer', async () => {
  await startWasm();
  const variable = tf.variable(tf.zeros([2, 2]));
  const optimizer = tf.train.adam(0.1);
  const { values } = integers([2], 1, 1, 9);
  const step = (): void => apply(optimizer, { [variable.name]: tf.tensor1d(values as number[]) });
  step();
  step();
  expect(variable.shape).toEqual([2, 2]);
  expect([...variable.dataSync()].every((value) => value < -0.1)).toBe(true);
});

const image = floats([1, 4, 4, 2], 1);
const networks: Record<string, (x: tf.Tensor4D, w: tf.Tensor1D, filter: tf.Tensor4D) => tf.Tensor> = {
  'a depthwise filter': (x, w) => tf.depthwiseConv2d(x, tf.reshape<tf.Rank.R4>(w, [1, 1, 2, 1]), 1, 'same'),
  'slopes of PReLU': (x, w) => tf.prelu<tf.Tensor>(x, w),
  'a bias behind a depthwise filter': (x, bias, filter) =>
    tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'same', bias }),
};

test.each(Object.entries(networks))(
  'kernels that keep a copy of what they multiply by see the new values of %s',
  async (_name, network) => {
    await startWasm();
    const losses = (): number[] => {
      const x = tf.tensor4d(image.values as number[], [1, 4, 4, 2]);
      const filter = tf.ones<tf.Rank.R4>([1, 1, 2, 1]);
      const variable = tf.variable(tf.tensor1d([1, -2]));
      const optimizer = tf.train.adam(0.1);
      const loss = (): tf.Scalar => tf.sum(tf.square(network(x, variable, filter)));
      const history = Array.from(
        { length: 4 },
        () => tf.tidy(() => optimizer.minimize(loss, true, [variable])!.dataSync())[0]!,
      );
      tf.dispose([x, filter, variable]);
      optimizer.dispose();
      return history;
    };
    const expected = withoutKernel(losses);
    expect(new Set(expected).size).toBe(4);
    expect(losses()).toEqual(expected);
  },
);
