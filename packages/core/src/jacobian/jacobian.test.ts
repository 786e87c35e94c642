import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { shared } from '../forward/shared.ts';
import type { Objective } from '../objective.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { expectNear } from '../testing/expect-near.ts';
import { peakBytes, seesBytes } from '../testing/peak-bytes.ts';
import { shortest } from '../testing/shortest.ts';
import {
  bias,
  combiners,
  flat,
  half,
  kernel,
  largest,
  projecting,
  variables,
} from '../testing/three-objectives.ts';
import { weightedSum } from '../testing/vectors.ts';
import { createTrainer } from '../trainer/trainer.ts';
import { jacobian } from './jacobian.ts';

/** The rows that are nearest to all others. */
const central: GramianCombiner = {
  name: 'central',
  needs: 'gramian',
  distances: true,
  combine: ({ rows, distances }) => ({
    coefficients: rows.map((_, i) => rows.reduce((sum, _, j) => sum + distances!.at(i, j), 0)),
  }),
};

const x = () => tf.randomNormal([4, 2], 0, 1, 'float32', 1) as tf.Tensor2D;
/** Losses of shape [4, 3]: four examples of three tasks. */
const byExample = () => tf.square(tf.add(tf.tanh(tf.matMul(x(), kernel as tf.Variable<tf.Rank.R2>)), bias));
/** A list of six losses, of which two make a vector. */
const listed = () => {
  const all = byExample();
  return [
    tf.mean(all),
    tf.slice(tf.reshape(all, [12]), 3, 2),
    tf.sum(tf.mul(kernel, kernel)),
    tf.sum(tf.slice(all, [1, 0], [2, 3]), 0),
  ];
};

/** A row by TensorFlow.js itself: the gradient of one element of the losses. */
function separate(losses: () => tf.Tensor[], index: number): number[] {
  return tf.tidy(() => {
    const element = () =>
      tf.sum(tf.slice(tf.concat(losses().map((loss) => tf.reshape(loss, [-1]))), index, 1)) as tf.Scalar;
    const { grads } = tf.variableGrads(element, variables);
    return variables.flatMap(({ name, size }) =>
      grads[name] ? [...grads[name].dataSync()] : new Array(size).fill(0),
    );
  });
}
const taken = (gradients: tf.NamedTensorMap) => {
  const values = flat(gradients);
  tf.dispose(gradients);
  return values;
};

describe.each<[string, { rowsAtOnce?: number }]>([
  ['kept', {}],
  ['two at once', { rowsAtOnce: 2 }],
  ['five at once', { rowsAtOnce: 5 }],
])('rows that are %s', (_, options) => {
  test.each<[string, () => tf.Tensor | tf.Tensor[] | tf.NamedTensorMap, string[]]>([
    ['one tensor of shape [batch, tasks]', byExample, ['losses[0][0]', 'losses[0][1]', 'losses[3][2]']],
    ['a vector', () => tf.mean(byExample(), 0), ['losses[0]', 'losses[1]', 'losses[2]']],
    ['a list', listed, ['losses[0]', 'losses[1][0]', 'losses[3][2]']],
    ['a record', () => ({ a: listed()[0]!, b: listed()[1]! }), ['a', 'b[0]', 'b[1]']],
    ['a scalar', () => tf.mean(byExample()), ['losses']],
  ])('are those of separate passes for %s', async (_, losses, names) => {
    const rows = jacobian(losses, variables, options);
    for (const name of names) expect(rows.rows).toContain(name);
    const asList = () => {
      const given = losses();
      return given instanceof tf.Tensor ? [given] : Object.values(given);
    };
    const expected = rows.rows.map((_, k) => separate(asList, k));
    expect(expected.length).toBe(asList().reduce((count, { size }) => count + size, 0));
    for (const [k, row] of expected.entries()) expectNear(taken(rows.row(k)), row);
    const gramian = await rows.gramian();
    const exact = SymmetricMatrix.gramian(expected);
    expectNear([...Array.from(gramian.entries)], [...Array.from(exact.entries)]);
    const values = asList().flatMap((loss) => [...loss.dataSync()]);
    expectNear(await rows.losses(), values);
    rows.dispose();
  });

  test.each([...combiners, shortest, central, largest].map((combiner) => [combiner.name, combiner] as const))(
    '%s answers as a trainer does in its first step',
    async (_, combiner) => {
      const weights = [1, 0.5, 2, 1, 3, 1, 0.25];
      const priorities = [0, 2, 2, 1, 1, 0, 5];
      const rows = jacobian(listed, variables, options);
      const objectives = weights.map((weight, k): Objective => {
        const loss = () => tf.sum(tf.slice(tf.concat(listed().map((one) => tf.reshape(one, [-1]))), k, 1));
        return { name: `task ${k}`, priority: priorities[k]!, weight, loss };
      });
      const trainer = createTrainer({ objectives, combiner, variables, seed: 3 });
      const expected = await trainer.combineGradients();
      for (let repetition = 0; repetition < 2; repetition++) {
        const given = await rows.combine(combiner, { weights, priorities, seed: 3 });
        expectNear(flat(given.gradients), flat(expected.gradients!));
        expectNear(given.coefficients, expected.report.coefficients.slice(0, 7));
        expect(given.certificate).toEqual(expected.report.certificate);
        expect(given.groups.length).toBe(expected.report.groups.length);
        tf.dispose(given.gradients);
      }
      // Without weights and priorities, all are alike.
      const alike = createTrainer({
        objectives: objectives.map((one) => ({ ...one, priority: 0, weight: 1 })),
        combiner,
        variables,
      });
      const plain = await rows.combine(combiner);
      expectNear(flat(plain.gradients), flat((await alike.combineGradients()).gradients!));
      rows.dispose();
      trainer.dispose();
      alike.dispose();
    },
  );

  test('leave no tensor, whatever is asked', async () => {
    const before = tf.memory().numTensors;
    const rows = tf.tidy(() => {
      const inside = jacobian(byExample, variables, options);
      inside.row(0);
      return { inside } as unknown as tf.TensorContainer;
    }) as unknown as { inside: ReturnType<typeof jacobian> };
    const held = tf.memory().numTensors;
    for (const combiner of [shortest, central, projecting, half, largest]) {
      tf.dispose(
        (await rows.inside.combine(combiner, { weights: rows.inside.rows.map((_, k) => 1 + k) })).gradients,
      );
    }
    await rows.inside.nestedGramian();
    tf.dispose(rows.inside.row(3));
    expect(tf.memory().numTensors).toBe(held);
    rows.inside.dispose();
    expect(tf.memory().numTensors).toBe(before);
    rows.inside.dispose();
  });

  test('are those of the call, whatever becomes of the variables', async () => {
    const count = 12;
    const expected = Array.from({ length: count }, (_, k) => separate(() => [byExample()], k));
    const rows = jacobian(byExample, variables, options);
    tf.tidy(() => kernel.assign(tf.mul(kernel, 7)));
    expectNear(taken(rows.row(4)), expected[4]!);
    expectNear(
      [...Array.from((await rows.gramian()).entries)],
      [...Array.from(SymmetricMatrix.gramian(expected).entries)],
    );
    const { gradients, coefficients } = await rows.combine(shortest);
    expectNear(taken(gradients), weightedSum(coefficients, expected));
    rows.dispose();
  });

  test('a row that is not finite is named, by all that need it', async () => {
    const wild = tf.customGrad((given) => ({
      value: tf.clone(given as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy as tf.Tensor, Number.NaN),
    }));
    const before = tf.memory().numTensors;
    const losses = () => ({
      good: listed()[0]!,
      other: listed()[2]!,
      mean: tf.mean(wild(bias)),
      last: tf.sum(bias),
    });
    const rows = jacobian(losses, variables, options);
    const held = tf.memory().numTensors;
    const message = 'jacobian: the gradient of mean with respect to "layer2/bias" is not finite.';
    await expect(rows.gramian()).rejects.toThrow(message);
    await expect(rows.combine(shortest)).rejects.toThrow(message);
    await expect(rows.combine(largest)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(held);
    rows.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const infinite = jacobian(() => tf.stack([tf.sum(bias), tf.div(tf.sum(bias), 0)]), variables, options);
    await expect(infinite.losses()).rejects.toThrow('jacobian: the loss losses[1] is not finite.');
    infinite.dispose();
  });

  test('are asked by several callers, and freed when nobody uses them', async () => {
    const before = tf.memory().numTensors;
    const rows = jacobian(byExample, variables, options);
    const first = rows.gramian();
    const second = rows.combine(shortest);
    // The first has begun, the second has not.
    await Promise.resolve();
    rows.dispose();
    expect((await first).size).toBe(12);
    const message = 'This Jacobian has been disposed of. Call jacobian(losses, variables) again.';
    await expect(second).rejects.toThrow(message);
    await expect(rows.losses()).rejects.toThrow(message);
    expect(() => rows.row(0)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the Gramian of losses of shape [batch, tasks] is there in that shape twice', async () => {
  const rows = jacobian(byExample, variables);
  const [flatly, nested] = [await rows.gramian(), await rows.nestedGramian()];
  for (const [b, t, c, u] of [
    [0, 0, 0, 0],
    [3, 1, 2, 0],
    [1, 2, 3, 2],
  ] as const) {
    expect(nested[b]![t]![c]![u]).toBe(flatly.at(3 * b + t, 3 * c + u));
  }
  expect([nested.length, nested[0]!.length, nested[0]![0]!.length, nested[0]![0]![0]!.length]).toEqual([
    4, 3, 4, 3,
  ]);
  rows.dispose();
  const list = jacobian(listed, variables);
  await expect(list.nestedGramian()).rejects.toThrow('but there are several tensors. Call gramian().');
  const vector = jacobian(() => tf.mean(byExample(), 0), variables);
  await expect(vector.nestedGramian()).rejects.toThrow('but they have shape [3]. Call gramian().');
});

test('losses of shape [64, 3] give 192 rows', async () => {
  const inputs = tf.randomNormal([64, 2], 0, 1, 'float32', 5) as tf.Tensor2D;
  const losses = () => tf.square(tf.add(tf.tanh(tf.matMul(inputs, kernel as tf.Variable<tf.Rank.R2>)), bias));
  const rows = jacobian(losses, variables);
  expect(rows.rows.length).toBe(192);
  const gramian = await rows.gramian();
  for (const [i, j] of [
    [0, 191],
    [100, 7],
  ] as const) {
    const [a, b] = [separate(() => [losses()], i), separate(() => [losses()], j)];
    expect(gramian.at(i, j)).toBeCloseTo(
      a.reduce((total, value, k) => total + value * b[k]!, 0),
      5,
    );
  }
  const { gradients, coefficients } = await rows.combine(shortest);
  // Near 0 a combination of all rows is nearly zero, for every row.
  const direction = taken(gradients);
  expect(coefficients.reduce((total, c) => total + c)).toBeCloseTo(1, 6);
  const few = jacobian(losses, variables, { rowsAtOnce: 50 });
  const again = await few.combine(shortest);
  expectNear(again.coefficients, coefficients, 1e-3);
  expectNear(taken(again.gradients), direction, 1e-3);
  rows.dispose();
  few.dispose();
});

describe.skipIf(!seesBytes)('memory', () => {
  // Larger than the tensors that operations of TensorFlow.js copy to multiply them.
  const width = 80;
  const size = 8 * width * width;
  /** The peak of all that one does with a Jacobian, in rows. */
  async function peak(count: number, rowsAtOnce?: number): Promise<number> {
    const layers = Array.from({ length: 8 }, (_, seed) =>
      tf.variable(tf.randomNormal([width, width], 0, 0.1, 'float32', seed + 1)),
    );
    const input = tf.ones([1, width]) as tf.Tensor2D;
    const losses = () => {
      const sums = layers.map((layer) => tf.matMul(input, layer as tf.Variable<tf.Rank.R2>));
      return tf.slice(tf.reshape(tf.addN(sums.map((one) => tf.square(one))), [width]), 0, count);
    };
    const bytes = await peakBytes(async () => {
      const rows = jacobian(losses, layers, rowsAtOnce ? { rowsAtOnce } : {});
      await rows.gramian();
      tf.dispose((await rows.combine(shortest)).gradients);
      rows.dispose();
    });
    return bytes / (4 * size);
  }

  test.each([4, 12])('%i rows are kept: themselves, and their combination', async (count) => {
    const rows = await peak(count);
    expect(rows).toBeGreaterThan(count);
    expect(rows).toBeLessThan(1.1 * (count + 1));
  });

  test.each([
    [12, 2],
    [12, 4],
    [12, 8],
    [24, 4],
  ])('of %i rows, %i are there at once', async (count, atOnce) => {
    const rows = await peak(count, atOnce);
    expect(rows).toBeGreaterThan(0.9 * atOnce);
    expect(rows).toBeLessThan(1.1 * (atOnce + 1));
  });
});

test('with rowsAtOnce, every two rows meet, in as few passes as the docstring says', async () => {
  for (const [count, atOnce] of [
    [2, 2],
    [7, 2],
    [24, 8],
    [25, 7],
    [40, 16],
  ] as const) {
    let passes = 0;
    const counted = tf.customGrad((given) => ({
      value: tf.clone(given as tf.Tensor),
      gradFunc: (dy) => {
        passes++;
        return tf.clone(dy as tf.Tensor);
      },
    }));
    const factors = tf.range(1, count + 1);
    const losses = () => tf.mul(counted(tf.sum(kernel)), factors);
    const rows = jacobian(losses, variables, { rowsAtOnce: atOnce });
    const gramian = await rows.gramian();
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) expect(gramian.at(i, j)).toBe(6 * (i + 1) * (j + 1));
    if (atOnce < count)
      expect(passes).toBeLessThanOrEqual(count ** 2 / (2 * Math.floor(0.75 * atOnce)) + count);
    rows.dispose();
  }
});

test('a trunk that losses share is computed once', () => {
  let runs = 0;
  const trunk = shared((_: string) => {
    runs++;
    return tf.sum(kernel);
  });
  jacobian(() => [trunk('a'), tf.square(trunk('a'))], variables).dispose();
  expect(runs).toBe(1);
});

test('the gradients are what an optimizer takes, also of variables that are frozen or unused', async () => {
  const before = [...kernel.dataSync()];
  const optimizer: tf.Optimizer = tf.train.sgd(0.5);
  const rows = jacobian(() => [tf.sum(kernel), tf.sum(tf.mul(kernel, 3))], variables);
  const { gradients } = await rows.combine(half);
  expect([...gradients['layer2/bias']!.dataSync()]).toEqual([0, 0, 0]);
  optimizer.applyGradients(gradients);
  for (const [i, value] of kernel.dataSync().entries()) expect(value).toBeCloseTo(before[i]! - 0.5 * 2, 5);
  bias.trainable = false;
  const frozen = jacobian(listed, variables);
  expect(frozen.row(0)['layer2/bias']).toBeNull();
  expect((await frozen.combine(largest)).gradients['layer2/bias']).toBeNull();
  expect((await frozen.combine(half)).gradients['layer2/bias']).toBeNull();
});

describe('refused', () => {
  const two = { ...shortest, name: 'of two', batches: 2 } as const;
  const bad = (make: () => unknown, given: readonly tf.Variable[] = variables, options = {}) => {
    const before = tf.memory().numTensors;
    let message = '';
    try {
      jacobian(make as never, given, options);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(tf.memory().numTensors).toBe(before);
    return message;
  };

  test('losses that are none', () => {
    const loss = tf.scalar(1);
    const gone = tf.scalar(1);
    gone.dispose();
    expect(bad(loss as never)).toContain(
      'the losses are a tensor of float32 and shape [], but must be a function',
    );
    expect(bad(async () => listed())).toContain(
      'it answered with a promise. Prepare its data before the call.',
    );
    expect(bad(() => undefined)).toContain('it answered with undefined');
    expect(bad(() => 3)).toContain('it answered with 3');
    expect(bad(() => [])).toContain('there are no losses');
    expect(bad(() => [tf.sum(kernel), 7])).toContain('losses[1] is 7');
    expect(bad(() => ({ digit: gone }))).toContain('digit has been disposed of. Compute it in the function.');
    expect(bad(() => tf.argMax(kernel))).toContain('losses is int32. Compute it from the variables');
    expect(bad(() => tf.zeros([0, 3]))).toContain('losses has shape [0,3], and so no element. Leave it out.');
    expect(bad(() => [tf.sum(kernel), tf.clone(loss)])).toContain(
      'losses[1] depends on none of the variables',
    );
    const fail = () => {
      throw new Error('of the model');
    };
    expect(bad(fail)).toBe('of the model');
  });

  test('variables and options that are none', () => {
    expect(bad(byExample, [])).toContain('There are no variables');
    const list = 'but must be a list, as in jacobian(losses, [kernel, bias]).';
    for (const none of [null, kernel, { kernel }]) expect(bad(byExample, none as never)).toContain(list);
    expect(bad(byExample, [kernel, kernel])).toContain('is given twice');
    const gone = tf.variable(tf.scalar(1));
    gone.dispose();
    expect(bad(byExample, [gone])).toContain('so this Jacobian cannot use it. Create a new Jacobian');
    expect(bad(byExample, variables, { rowsAtOnce: 1 })).toContain(
      'option rowsAtOnce: it is 1, but must be a whole number from 2',
    );
    expect(bad(byExample, variables, { rowsAtonce: 4 })).toContain('Did you mean "rowsAtOnce"?');
    for (const variable of variables) variable.trainable = false;
    expect(bad(byExample)).toContain('none of the variables is trainable');
  });

  test.each<[string, unknown, object, string]>([
    [
      'a combiner of two batches',
      two,
      {},
      'of two takes 2 independent batches a step, but a Jacobian is that of one. Use createTrainer.',
    ],
    ['a combiner that is not called', () => shortest, {}, 'jacobian.combine: the combiner is'],
    [
      'too few weights',
      shortest,
      { weights: [1, 2] },
      'option weights: there are 2 for 12 rows. Give one for each row.',
    ],
    ['a weight of 0', shortest, { weights: new Array(12).fill(0) }, 'weight is 0, but must be positive'],
    [
      'priorities that are no whole numbers',
      shortest,
      { priorities: new Array(12).fill(0.5) },
      'option priorities.0',
    ],
    ['an option that is none', shortest, { weight: [1] }, 'Did you mean "weights"?'],
  ])('%s', async (_, combiner, options, message) => {
    const rows = jacobian(byExample, variables);
    const held = tf.memory().numTensors;
    await expect(rows.combine(combiner as GradientCombiner, options)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(held);
    rows.dispose();
  });

  test('a row that is not there', () => {
    const rows = jacobian(byExample, variables);
    for (const index of [-1, 12, 0.5])
      expect(() => rows.row(index)).toThrow(
        `there is no row ${index}. The 12 rows are numbered from 0 to 11.`,
      );
  });
});
