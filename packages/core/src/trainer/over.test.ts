import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import { inPieces } from '../forward/pieces.ts';
import { shared } from '../forward/shared.ts';
import type { Objective } from '../objective.ts';
import { shortest } from '../testing/shortest.ts';
import {
  bias,
  byLoss,
  flat,
  gradientsByHand,
  half,
  kernel,
  largest,
  lossesByHand,
  projecting,
  three,
  trainer,
  values,
  variables,
} from '../testing/three-objectives.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import type { TrainerOptions } from './options.ts';
import { createTrainer } from './trainer.ts';

const onBias = ['layer2/bias'];
const tensors = () => tf.memory().numTensors;

describe.each([
  ['kept', shortest],
  ['streamed', shortest],
  ['kept', projecting],
  ['streamed', projecting],
  ['kept', smoothed(shortest)],
] as const)('inner products over some variables, %s, %o', (gradients, combiner) => {
  test('the coefficients are those of the rows cut down to them, and apply to every variable', async () => {
    const subject = trainer({ combiner, gradients, over: onBias });
    const engine = createVectorEngine({ combiner, objectives: three, seed: 7 });
    let average = new Array<number>(9).fill(0);
    for (const batch of [0.5, 0.25, 1]) {
      const before = values();
      const rows = gradientsByHand(before, batch);
      const weighted = rows.map((row, k) => row.map((x) => x * (three[k]!.weight ?? 1)));
      const cut = rows.map((row) => row.slice(6));
      const expected = engine.step({ batches: [cut], losses: lossesByHand(before, batch) });
      const { coefficients } = await subject.step(batch);
      for (const [i, c] of coefficients.entries()) expect(c).toBeCloseTo(expected.coefficients[i]!, 5);
      const all = [...rows, average];
      const direction = before.map((_, i) =>
        all.reduce((sum, row, k) => sum + (coefficients[k] ?? 0) * row[i]!, 0),
      );
      for (const [i, x] of values().entries()) expect(x).toBeCloseTo(before[i]! - 0.125 * direction[i]!, 5);
      average = average.map((x, i) => 0.25 * weighted[0]![i]! + 0.75 * x);
    }
    subject.dispose();
  });

  test('all of the names are the same as `all`, to the last bit', async () => {
    const start = values();
    const run = async (over: TrainerOptions<number>['over']) => {
      kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
      bias.assign(tf.tensor1d(start.slice(6)));
      const subject = trainer({ combiner, gradients, over: over! });
      const reports = [];
      for (const batch of [0.5, 0.25]) reports.push(await subject.step(batch));
      subject.dispose();
      return { reports, values: values() };
    };
    const all = await run('all');
    expect(await run(['layer2/bias', 'layer1/kernel'])).toEqual(all);
    expect(await run(() => true)).toEqual(all);
    expect(await run(onBias)).not.toEqual(all);
  });

  test('no tensor is left', async () => {
    const optimizer = tf.train.sgd(0.125);
    const before = tensors();
    const subject = trainer({ combiner, gradients, over: onBias, optimizer });
    for (const batch of [0.5, 0.25]) await subject.step(batch);
    subject.dispose();
    expect(tensors()).toBe(before);
  });

  test('a checkpoint names them, and training goes on from it', async () => {
    const straight = trainer({ combiner, gradients, over: onBias });
    await straight.step(0.5);
    const saved = await straight.checkpoint();
    expect(saved).toMatchObject({ over: onBias, shared: onBias });
    await straight.step(0.25);
    const expected = values();
    const resumed = trainer({ combiner, gradients, over: (variable) => variable === bias });
    await resumed.restore(saved);
    await resumed.step(0.25);
    expect(values()).toEqual(expected);
    await expect(trainer({ combiner, over: ['layer1/kernel'] }).restore(saved)).rejects.toThrow(
      'made with over layer2/bias, but the trainer has layer1/kernel',
    );
    await expect(resumed.restore({ ...saved, shared: ['layer1/kernel'] })).rejects.toThrow(
      'shared: it is [layer1/kernel], but `over` says [layer2/bias]',
    );
    await expect(resumed.restore({ ...saved, over: 7 as never })).rejects.toThrow(
      "over: it is 7, but must be 'all', 'shared', 'representation' or a list",
    );
  });
});

describe('gradients of the selected variables are enough', () => {
  /** Counts the backward passes through the kernel, which lies before the bias. */
  function counting() {
    const passes = { kernel: 0 };
    const counted = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => {
        passes.kernel++;
        return tf.clone(dy as tf.Tensor);
      },
    }));
    const before = shared((_: number) => tf.mean(counted(tf.square(kernel)), 0));
    const objectives = [1, -2, 3].map((target, k): Objective<number> => {
      const loss = (batch: number) =>
        tf.sum(tf.square(tf.sub(tf.mul(tf.add(before(batch), bias), batch), target)));
      return { name: `task ${k}`, priority: 0, loss };
    });
    return { passes, objectives };
  }

  test.each([
    ['kept', shortest, 1],
    ['streamed', shortest, 1],
    // Its average is that of all variables.
    ['kept', projecting, 3],
  ] as const)('%s, %o', async (gradients, combiner, expected) => {
    const { passes, objectives } = counting();
    const subject = trainer({ objectives, combiner, gradients, over: onBias });
    const { cosines, lengths, worsened, distanceToStationarity } = await subject.step(1);
    const isAll = combiner === projecting;
    expect(passes.kernel).toBe(expected);
    expect(cosines).not.toBeNull();
    for (const fact of [lengths, worsened, distanceToStationarity]) expect(fact !== null).toBe(isAll);
  });

  test('a gradient of another variable that is not finite is named, and nothing has changed', async () => {
    const wild = tf.customGrad((x) => ({
      value: tf.sum(x as tf.Tensor),
      gradFunc: () => tf.fill((x as tf.Tensor).shape, Number.NaN),
    }));
    const objectives = three.map((one, k) =>
      k === 1 ? { ...one, loss: () => tf.add(tf.sum(tf.square(bias)), wild(kernel)) } : one,
    );
    const equal: GramianCombiner = {
      ...shortest,
      combine: ({ rows }) => ({ coefficients: rows.map(() => 1) }),
    };
    const subject = trainer({ objectives, combiner: equal, over: onBias });
    const before = [tensors(), ...values()];
    await expect(subject.step(1)).rejects.toThrow(
      'the gradient with respect to "layer1/kernel" of objective "second" is not finite',
    );
    const huge: GramianCombiner = {
      ...shortest,
      combine: ({ rows }) => ({ coefficients: rows.map(() => 1e37) }),
    };
    const large = three.map((one) => ({
      ...one,
      loss: () => tf.add(tf.mul(tf.sum(kernel), 1e4), tf.sum(bias)),
    }));
    expect([tensors(), ...values()]).toEqual(before);
    const other = trainer({ objectives: large, combiner: huge, over: onBias });
    const held = [tensors(), ...values()];
    await expect(other.step(1)).rejects.toThrow('is not in "layer1/kernel": its coefficients are too large');
    expect([tensors(), ...values()]).toEqual(held);
  });

  test('of a batch in pieces, and of examples that are objectives', async () => {
    const { objectives } = counting();
    const given = (list: readonly Objective<number>[], over = onBias) =>
      createTrainer<number>({ objectives: list, combiner: shortest, variables, over });
    const whole = await given(objectives).combineGradients(2);
    const pieces = await given(objectives).combineGradients(inPieces([2, 2], { sizes: [1, 3] }));
    for (const [i, x] of flat(pieces.gradients).entries())
      expect(x).toBeCloseTo(flat(whole.gradients)[i]!, 4);
    const together: Objective<number> = {
      name: 'examples',
      priority: 0,
      perExample: true,
      loss: (batch) => tf.stack(objectives.map(({ loss }) => loss(batch) as tf.Tensor)),
    };
    const examples = await given([together]).combineGradients(2);
    for (const [i, x] of flat(examples.gradients).entries())
      expect(x).toBeCloseTo(flat(whole.gradients)[i]!, 4);
    expect(examples.report.coefficients.length).toBe(3);
  });
});

test('coefficients that are kept apply to every variable', async () => {
  const subject = createTrainer<number>({
    objectives: three,
    combiner: shortest,
    variables,
    over: onBias,
    coefficients: { every: 2 },
  });
  let list: readonly number[] = [];
  for (const [step, batch] of [0.5, 0.25, 2, 1].entries()) {
    const { gradients, report } = await subject.combineGradients(batch);
    expect(report.coefficientsFrom).toBe(step - (step % 2));
    if (step % 2 === 0) list = report.coefficients;
    const rows = gradientsByHand(values(), batch);
    for (const [i, x] of flat(gradients).entries()) {
      expect(x).toBeCloseTo(
        rows.reduce((sum, row, k) => sum + list[k]! * row[i]!, 0),
        5,
      );
    }
    tf.dispose(gradients!);
  }
});

test('a function is asked once for each variable', async () => {
  const asked: string[] = [];
  const subject = trainer({
    combiner: shortest,
    over: (variable) => {
      asked.push(variable.name);
      return variable.rank === 1;
    },
  });
  for (const batch of [0.5, 0.25]) await subject.step(batch);
  expect(asked).toEqual(variables.map(({ name }) => name));
});

test("a variable that one objective reaches gets its coefficient, unlike with 'shared'", async () => {
  const first: Objective<number> = { ...three[0]!, loss: () => tf.sum(kernel) };
  const second: Objective<number> = {
    ...three[1]!,
    weight: 1,
    loss: () => tf.add(tf.sum(tf.mul(kernel, 3)), tf.sum(bias)),
  };
  const moved = async (over: TrainerOptions<number>['over']) => {
    const subject = trainer({
      objectives: [first, second],
      combiner: shortest,
      over: over!,
      optimizer: tf.train.sgd(1),
    });
    const before = values()[6]!;
    await subject.step(1);
    return before - values()[6]!;
  };
  // On the kernel, the first gradient is the shortest convex combination, so the second has the coefficient 0.
  expect(await moved(['layer1/kernel'])).toBeCloseTo(0, 6);
  expect(await moved('shared')).toBeCloseTo(1, 6);
});

test('weights that need no inner products do not depend on them', async () => {
  for (const combiner of [half, byLoss]) {
    const [a, b] = ['all', onBias] as const;
    const given = async (over: typeof a | typeof b) => {
      const subject = createTrainer<number>({ objectives: three, combiner, variables, over });
      const { gradients } = await subject.combineGradients(0.5);
      return Object.values(gradients!).map((tensor) => [...tensor.dataSync()]);
    };
    expect(await given(b)).toEqual(await given(a));
  }
});

describe('refused', () => {
  test.each<[unknown, string]>([
    [
      ['layer1/kernal'],
      'option over: there is no variable named "layer1/kernal". Did you mean "layer1/kernel"?',
    ],
    [['w'], 'there is no variable named "w". Known: layer1/kernel, layer2/bias.'],
    [[], 'it selects no variable. Select at least one of layer1/kernel, layer2/bias.'],
    [() => false, 'it selects no variable.'],
    [() => 1, 'its answer is 1, but must be true or false'],
    [[7], 'there is no variable named 7. Known'],
    ['layer2/bias', 'it is "layer2/bias". Known: all, shared.'],
    [
      {},
      "it is an object, but must be 'all', 'shared', a list of names, a function of a variable, or representation(…)",
    ],
  ])('%o', (over, message) => {
    expect(() => trainer({ over: over as never })).toThrow(message);
  });

  test('for methods on single elements', () => {
    expect(() => trainer({ over: onBias, combiner: largest })).toThrow(
      'largest takes no inner products: it looks at single elements. Leave `over` out.',
    );
  });

  test('for a group without a selected variable', async () => {
    const combiner: GradientCombiner = perLayer(shortest);
    expect(() => trainer({ over: onBias, combiner })).toThrow(
      'it selects no variable in the group of "layer1/kernel"',
    );
    const whole: GramianCombiner = { ...shortest, groups: () => [0, 0] };
    await trainer({ over: onBias, combiner: whole }).step(1);
  });

  test.each([
    [
      'an objective that reaches none of them',
      false,
      'the loss of objective "apart" depends on none of the variables that `over` selects.',
    ],
    [
      'a step in which none is trainable',
      true,
      'Step 0: none of the variables that `over` selects is trainable.',
    ],
  ])('%s', async (_, isFrozen, message) => {
    const apart: Objective<number> = { name: 'apart', priority: 1, loss: () => tf.sum(kernel) };
    for (const gradients of ['kept', 'streamed'] as const) {
      const subject = trainer({ objectives: [...three, apart], combiner: shortest, over: onBias, gradients });
      bias.trainable = !isFrozen;
      const before = [tensors(), ...values()];
      await expect(subject.step(1)).rejects.toThrow(message);
      expect([tensors(), ...values()]).toEqual(before);
    }
  });
});
