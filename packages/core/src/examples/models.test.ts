import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { compared } from '../testing/separate-gradients.ts';

// Random models of layers that keep examples apart: every example's gradient against tf.variableGrads alone.

// A gradient function of TensorFlow.js's own keeps a tensor, which counts as a leak of its kernel. Tensors are
// counted here.
beforeAll(() => tf.env().set('IS_TEST', false));
afterAll(() => tf.env().set('IS_TEST', true));
afterEach(() => tf.disposeVariables());

type Random = () => number;
type Apply = (x: tf.Tensor) => tf.Tensor;

let names = 0;
function variable(shape: number[], random: Random, around = 0): tf.Variable {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from({ length: size }, () => around + random() - 0.5);
  return tf.tidy(() => tf.variable(tf.tensor(values, shape), true, `v${names++}`));
}

function someWords(count: number, words: number): tf.Tensor1D {
  return tf.tensor1d(
    Int32Array.from({ length: count }, (_, index) => (index * 7) % words),
    'int32',
  );
}

function image(x: tf.Tensor, [rows, columns]: readonly number[]): tf.Tensor4D {
  return tf.reshape(x, [-1, rows!, columns!, 1]);
}

/** Shapes are without the axis of the examples. Each function creates its variables once. */
const layers: Record<string, (shape: readonly number[], random: Random) => Apply> = {
  dense: (shape, random) => {
    const kernel = variable([shape.at(-1)!, 4], random);
    const bias = variable([4], random);
    return (x) => {
      const flat = tf.reshape(x, [-1, shape.at(-1)!]);
      const y = tf.add(tf.matMul(flat, kernel as tf.Tensor2D), bias);
      return tf.reshape(y, [...x.shape.slice(0, -1), 4]);
    };
  },
  'dense from the left': (shape, random) => {
    const [kernel, other] = [1, 2].map(() => variable([5, 5], random) as tf.Variable<tf.Rank.R2>);
    const first = variable([5, shape.at(-1)!], random) as tf.Variable<tf.Rank.R2>;
    return (x) => {
      const columns = tf.transpose(tf.reshape(x, [-1, shape.at(-1)!]) as tf.Tensor2D);
      const y = tf.matMul(kernel!, tf.matMul(first, columns), true, false);
      const rows = tf.matMul(y, other!, true, true);
      return tf.reshape(rows, [x.shape[0]!, shape[0]!, 5]);
    };
  },
  'fused dense': (shape, random) => {
    const kernel = variable([shape.at(-1)!, shape.at(-1)!], random) as tf.Variable<tf.Rank.R2>;
    const bias = variable([shape.at(-1)!], random);
    return (x) => {
      const a = tf.reshape(x, [-1, shape.at(-1)!]) as tf.Tensor2D;
      const once = tf.fused.matMul({ a, b: kernel, bias });
      return tf.reshape(tf.fused.matMul({ a: once, b: kernel, transposeB: true }), x.shape);
    };
  },
  'tied weights': (shape, random) => {
    const kernel = variable([shape.at(-1)!, 3], random) as tf.Variable<tf.Rank.R2>;
    return (x) => {
      const flat = tf.reshape(x, [-1, shape.at(-1)!]) as tf.Tensor2D;
      const hidden = tf.tanh(tf.matMul(flat, kernel));
      return tf.reshape(tf.matMul(hidden, tf.transpose(kernel)), x.shape);
    };
  },
  convolution: (shape, random) => {
    const filter = variable([2, 3, 1, 3], random) as tf.Variable<tf.Rank.R4>;
    const bias = variable([3], random);
    return (x) => {
      const images = image(x, shape);
      const y = tf.relu(tf.add(tf.conv2d(images, filter, [1, 2], 'same'), bias));
      return tf.reshape(y, [x.shape[0]!, shape[0]!, -1]);
    };
  },
  'fused convolution': (shape, random) => {
    const filter = variable([1, 1, shape.at(-1)!, 2], random) as tf.Variable<tf.Rank.R4>;
    const bias = variable([2], random) as tf.Variable<tf.Rank.R1>;
    return (x) => {
      const images = tf.reshape(x, [-1, shape[0]!, 1, shape.at(-1)!]) as tf.Tensor4D;
      const y = tf.fused.conv2d({ x: images, filter, strides: 1, pad: 'valid', bias });
      return tf.reshape(y, [-1, shape[0]!, 2]);
    };
  },
  'depthwise convolution': (shape, random) => {
    const filter = variable([2, 2, 1, 2], random) as tf.Variable<tf.Rank.R4>;
    return (x) => {
      const images = image(x, shape);
      return tf.reshape(tf.tanh(tf.depthwiseConv2d(images, filter, 1, 'same')), [
        -1,
        shape[0]!,
        2 * shape[1]!,
      ]);
    };
  },
  pooling: (shape) => (x) => {
    const images = image(x, shape);
    const pools = [tf.maxPool(images, 2, 1, 'same'), tf.avgPool(images, 2, 1, 'same')];
    return tf.reshape(tf.addN(pools), x.shape);
  },
  'layer normalisation': (shape, random) => {
    const scale = variable([shape.at(-1)!], random, 1);
    const offset = variable([shape.at(-1)!], random);
    return (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.1)));
      return tf.add(tf.mul(normal, scale), offset);
    };
  },
  'group normalisation': (shape, random) => {
    const scale = variable([shape.at(-1)!], random, 1);
    return (x) => {
      const groups = tf.reshape(x, [x.shape[0]!, shape[0]!, -1, 1]);
      const { mean, variance } = tf.moments(groups, [1, 2], true);
      const normal = tf.div(tf.sub(groups, mean), tf.sqrt(tf.add(variance, 0.1)));
      return tf.mul(scale, tf.reshape(normal, x.shape));
    };
  },
  'batch normalisation with known moments': (shape, random) => {
    const scale = variable([shape.at(-1)!], random, 1) as tf.Variable<tf.Rank.R1>;
    const offset = variable([shape.at(-1)!], random) as tf.Variable<tf.Rank.R1>;
    const [mean, variance] = [0.1, 0.5].map((value) => tf.fill([shape.at(-1)!], value) as tf.Tensor1D);
    return (x) => tf.batchNorm(x as tf.Tensor3D, mean!, variance!, offset, scale, 0.1);
  },
  embedding: (shape, random) => {
    const table = variable([6, shape.at(-1)!], random);
    const positions = variable([shape[0]!, shape.at(-1)!], random);
    return (x) => {
      const words = someWords(x.shape[0]! * shape[0]!, 6);
      return tf.add(tf.add(tf.reshape(tf.gather(table, words), x.shape), positions), tf.mul(x, 0.5));
    };
  },
  'embedding in columns': (shape, random) => {
    const table = variable([2, 6], random);
    return (x) => {
      const columns = tf.gather(table, someWords(x.shape[0]! * shape[0]!, 6), 1);
      return tf.concat([x, tf.reshape(tf.transpose(columns), [-1, shape[0]!, 2])], -1);
    };
  },
  'tied embedding': (shape, random) => {
    const table = variable([5, shape.at(-1)!], random) as tf.Variable<tf.Rank.R2>;
    return (x) => {
      const words = someWords(x.shape[0]! * shape[0]!, 5);
      const flat = tf.reshape(tf.gather(table, words), [-1, shape.at(-1)!]) as tf.Tensor2D;
      return tf.reshape(tf.matMul(flat, table, false, true), [-1, shape[0]!, 5]);
    };
  },
  attention: (shape, random) => {
    const width = shape.at(-1)!;
    const [query, key, value] = [1, 2, 3].map(() => variable([width, 4], random) as tf.Variable<tf.Rank.R2>);
    const heads = (x: tf.Tensor, kernel: tf.Variable<tf.Rank.R2>) => {
      const y = tf.matMul(tf.reshape(x, [-1, width]) as tf.Tensor2D, kernel);
      return tf.transpose(tf.reshape(y, [-1, shape[0]!, 2, 2]), [0, 2, 1, 3]);
    };
    return (x) => {
      const [q, k, v] = [query!, key!, value!].map((kernel) => heads(x, kernel));
      const mixed = tf.matMul(tf.softmax(tf.matMul(q!, k!, false, true)), v!);
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, shape[0]!, 4]);
    };
  },
  'time first': (shape, random) => {
    const kernel = variable([shape.at(-1)!, 3], random) as tf.Variable<tf.Rank.R2>;
    return (x) => {
      const steps = tf.unstack(x, 1);
      const outputs = steps.map((step) => tf.tanh(tf.matMul(step as tf.Tensor2D, kernel)));
      return tf.transpose(tf.stack(outputs, 0), [1, 0, 2]);
    };
  },
  split: (shape) => (x) => tf.concat(tf.split(x, [1, shape.at(-1)! - 1], -1).reverse(), -1),
  'slice and pad': (shape) => (x) => {
    const part = tf.slice(x, [0, 0, 1], [-1, -1, shape.at(-1)! - 1]);
    return tf.reverse(
      tf.pad(part, [
        [0, 0],
        [0, 0],
        [1, 0],
      ]),
      -1,
    );
  },
  residual: (_, random) => {
    const scale = variable([1], random, 1);
    return (x) => tf.sub(x, tf.mul(tf.sigmoid(x), scale));
  },
  'leaky slopes': (shape, random) => {
    const slopes = variable([shape.at(-1)!], random);
    return (x) => tf.prelu(x, slopes);
  },
  quotient: (shape, random) => {
    const divisor = variable([shape[0]!, 1], random, 2);
    return (x) => tf.div(x, divisor);
  },
};

const losses: Record<string, (x: tf.Tensor) => tf.Tensor1D> = {
  square: (x) => tf.mean(tf.square(x), [1, 2]),
  'log-sum-exp': (x) => tf.sum(tf.logSumExp(x, -1), 1),
  'cross-entropy': (x) => {
    const logits = tf.reshape(x, [x.shape[0]!, -1]);
    const labels = tf.oneHot(tf.zeros([x.shape[0]!], 'int32'), logits.shape[1]!);
    return tf.losses.softmaxCrossEntropy(
      tf.cast(labels, 'float32'),
      logits,
      undefined,
      undefined,
      tf.Reduction.NONE,
    );
  },
  'log-softmax': (x) => tf.neg(tf.mean(tf.slice(tf.logSoftmax(x), 0, [-1, -1, 1]), [1, 2])),
};

interface Model {
  readonly layers: readonly string[];
  readonly losses: readonly string[];
  readonly examples: number;
  readonly seed: number;
}

const models: fc.Arbitrary<Model> = fc.record({
  layers: fc.array(fc.constantFrom(...Object.keys(layers)), { minLength: 1, maxLength: 4 }),
  losses: fc.array(fc.constantFrom(...Object.keys(losses)), { minLength: 1, maxLength: 2 }),
  examples: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

function built({ layers: chosen, losses: own, examples, seed }: Model) {
  const random = randomFrom(seed);
  const x = tf.tidy(() =>
    tf.tensor(
      Float32Array.from({ length: examples * 12 }, () => random() - 0.5),
      [examples, 3, 4],
    ),
  );
  const start = new Set(Object.keys(tf.engine().registeredVariables));
  const first = variable([4, 4], random) as tf.Variable<tf.Rank.R2>;
  let shape: readonly number[] = [3, 4];
  const stages: Apply[] = [
    (input) => tf.reshape(tf.matMul(tf.reshape(input, [-1, 4]) as tf.Tensor2D, first), [-1, 3, 4]),
  ];
  for (const name of chosen) {
    const layer = layers[name]!(shape, random);
    stages.push(layer);
    shape = tf.tidy(() => layer(tf.zeros([2, ...shape])).shape.slice(1));
  }
  const variables = Object.values(tf.engine().registeredVariables).filter(({ name }) => !start.has(name));
  const objectives = own.map((loss, index) => ({
    name: `objective ${index}`,
    priority: index,
    perExample: true,
    weight: 1 + index,
    loss: (batch: tf.Tensor) => tf.tidy(() => losses[loss]!(stages.reduce((y, stage) => stage(y), batch))),
  }));
  return { x, variables, objectives };
}

async function check(model: Model): Promise<void> {
  const { x, variables, objectives } = built(model);
  const before = tf.memory().numTensors;
  const { gramian, direction, report } = await compared(objectives, variables, x);
  expect(tf.memory().numTensors).toBe(before);
  const passes = report.examplePasses.map(({ because }) => because);
  tf.dispose([x, ...variables]);
  if (model.examples > 1) expect(passes).toEqual([]);
  expect(gramian).toBeLessThan(3e-6);
  expect(direction).toBeLessThan(3e-6);
}

describe('one backward pass gives the gradients of all examples', () => {
  test.each(Object.keys(layers))('%s', async (name) => {
    for (const loss of Object.keys(losses)) {
      await check({ layers: [name], losses: [loss], examples: 3, seed: 5 });
      await check({ layers: [name, 'dense', name], losses: [loss], examples: 4, seed: 6 });
    }
  });

  test('any model of such layers', async () => {
    await fc.assert(fc.asyncProperty(models, check), { numRuns: 60 });
  });
});
