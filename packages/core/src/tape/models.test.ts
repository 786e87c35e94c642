import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { record } from './record.ts';

afterEach(() => tf.disposeVariables());

type Random = () => number;
type Apply = (x: tf.Tensor) => tf.Tensor;

function variable(shape: number[], random: Random, around = 0): tf.Variable {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from({ length: size }, () => around + random() - 0.5);
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

/** A function that creates its variables once and uses them in every call. */
const layers: Record<string, (shape: readonly number[], random: Random) => Apply> = {
  dense: (shape, random) => {
    const kernel = variable([shape.at(-1)!, 4], random);
    const bias = variable([4], random);
    return (x) => tf.add(tf.matMul(tf.reshape(x, [-1, shape.at(-1)!]), kernel as tf.Tensor2D), bias);
  },
  convolution: (shape, random) => {
    const filter = variable([2, 2, 1, 3], random) as tf.Variable<tf.Rank.R4>;
    return (x) => tf.relu(tf.conv2d(image(x, shape), filter, 1, 'same'));
  },
  'depthwise convolution': (shape, random) => {
    const filter = variable([2, 2, 1, 2], random) as tf.Variable<tf.Rank.R4>;
    return (x) => tf.tanh(tf.depthwiseConv2d(image(x, shape), filter, 1, 'same'));
  },
  'maximum pooling': (shape) => (x) => tf.maxPool(image(x, shape), 2, 1, 'same'),
  'average pooling': (shape) => (x) => tf.avgPool(image(x, shape), 2, 1, 'same'),
  'batch normalisation': (shape, random) => {
    const scale = variable([shape.at(-1)!], random, 1);
    const offset = variable([shape.at(-1)!], random);
    return (x) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm(
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        0.1,
      );
    };
  },
  'layer normalisation': (shape, random) => {
    const scale = variable([shape.at(-1)!], random, 1);
    return (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.1))), scale);
    };
  },
  embedding: (shape, random) => {
    const table = variable([5, shape.at(-1)!], random);
    const rows = tf.tensor1d(
      Array.from({ length: shape[0]! }, () => Math.floor(random() * 5)),
      'int32',
    );
    return (x) => tf.add(x, tf.gather(table, rows));
  },
  LSTM: (shape, random) => {
    const units = 3;
    const kernel = variable([shape.at(-1)! + units, 4 * units], random) as tf.Variable<tf.Rank.R2>;
    const bias = variable([4 * units], random, 1) as tf.Variable<tf.Rank.R1>;
    return (x) => {
      let [cell, hidden]: tf.Tensor2D[] = [tf.zeros([shape[0]!, units]), tf.zeros([shape[0]!, units])];
      for (let step = 0; step < 2; step++) {
        [cell, hidden] = tf.basicLSTMCell(tf.scalar(1), kernel, bias, x as tf.Tensor2D, cell!, hidden!);
      }
      return hidden!;
    };
  },
  attention: (shape, random) => {
    const width = shape.at(-1)!;
    const [query, key, value] = [1, 2, 3].map(
      () => variable([width, width], random) as tf.Variable<tf.Rank.R2>,
    );
    return (x) => {
      const [q, k, v] = [query!, key!, value!].map((kernel) => tf.matMul(x as tf.Tensor2D, kernel));
      return tf.matMul(tf.softmax(tf.matMul(q!, k!, false, true)), v!);
    };
  },
  split: (shape) => (x) => tf.concat(tf.split(x, [1, shape.at(-1)! - 1], -1).reverse(), -1),
  dropout: (shape, random) => {
    const seed = Math.floor(random() * 1000);
    return (x) =>
      tf.mul(x, tf.cast(tf.less(tf.randomUniform([...shape], 0, 1, 'float32', seed), 0.7), 'float32'));
  },
};

/** Rows and columns of a matrix as pixels of one image. */
function image(x: tf.Tensor, [rows, columns]: readonly number[]): tf.Tensor4D {
  return tf.reshape(x, [1, rows!, columns!, 1]);
}

const losses: Record<string, Apply> = {
  square: (x) => tf.mean(tf.square(x)),
  'log-sum-exp': (x) => tf.mean(tf.logSumExp(x, -1)),
  'soft cosine': (x) => tf.sum(tf.cos(tf.softmax(x))),
  length: (x) => tf.norm(x),
};

interface Model {
  readonly trunk: readonly string[];
  readonly heads: readonly {
    readonly layers: readonly string[];
    readonly loss: string;
    readonly isShared: boolean;
  }[];
  readonly seed: number;
}

const models: fc.Arbitrary<Model> = fc.record({
  trunk: fc.array(fc.constantFrom(...Object.keys(layers)), { minLength: 1, maxLength: 4 }),
  heads: fc.array(
    fc.record({
      layers: fc.array(fc.constantFrom(...Object.keys(layers)), { maxLength: 2 }),
      loss: fc.constantFrom(...Object.keys(losses)),
      isShared: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  seed: fc.nat(),
});

/** Layer after layer, each on a matrix: its outputs are laid out as one. */
function chain(names: readonly string[], width: number, random: Random): { apply: Apply; width: number } {
  const steps: Apply[] = [];
  let shape = [6, width];
  for (const name of names) {
    const apply = layers[name]!(shape, random);
    const step: Apply = (x) => tf.reshape(apply(x), [6, -1]);
    shape = tf.tidy(() => step(tf.zeros(shape)).shape);
    steps.push(step);
  }
  return { apply: (x) => steps.reduce((input, step) => step(input), x), width: shape[1]! };
}

function check({ trunk, heads, seed }: Model): void {
  const random = randomFrom(seed);
  const values = Float32Array.from({ length: 30 }, () => random() - 0.5);
  const x = tf.tensor2d(values, [6, 5]);
  // A dense layer first, so that there is a variable under every other.
  const stem = chain(['dense', ...trunk], 5, random);
  const built = heads.map(({ layers: names, loss, isShared }) => {
    const { apply } = chain(names, stem.width, random);
    return (common: tf.Tensor) => losses[loss]!(apply(isShared ? common : stem.apply(x))) as tf.Scalar;
  });
  const variables = Object.values(tf.engine().registeredVariables);
  const alone = built.map((head) => tf.variableGrads(() => head(stem.apply(x)), variables).grads);

  const tensors = tf.memory().numTensors;
  const { value, tape } = record(variables, () => {
    const common = stem.apply(x);
    return built.map((head) => head(common));
  });
  const scalars = value as tf.Scalar[];
  const oneByOne = scalars.map((loss) => tape.backward([[loss, 1]]));
  const streamed = scalars.map(() => variables.map((): tf.Tensor | null => null));
  for (const { variable, gradients } of tape.stream(scalars.map((loss) => [[loss, 1]]))) {
    for (const [row, gradient] of gradients.entries()) streamed[row]![variable] = gradient;
  }
  for (const [row, reference] of alone.entries()) {
    const largest = Object.values(reference).map((gradient) =>
      [...gradient.dataSync()].reduce((a, b) => Math.max(a, Math.abs(b)), 0),
    );
    const tolerance = 1e-5 * Math.max(...largest);
    for (const [v, { name, size }] of variables.entries()) {
      const expected = reference[name]?.dataSync();
      const actual = oneByOne[row]![v]?.dataSync();
      expect(streamed[row]![v]?.dataSync()).toEqual(actual);
      for (let i = 0; i < size; i++) {
        expect(Math.abs((actual?.[i] ?? 0) - (expected?.[i] ?? 0))).toBeLessThanOrEqual(tolerance);
      }
    }
  }
  tf.dispose([oneByOne, streamed, scalars] as tf.Tensor[][]);
  tape.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
}

test('one tape gives each loss of any small model the gradients of variableGrads, one by one and streamed', () => {
  const property = fc.property(models, (model) => {
    tf.tidy(() => check(model));
    tf.disposeVariables();
  });
  fc.assert(property, { seed: 20240202, numRuns: 150 });
});
