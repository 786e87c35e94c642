import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import { inPieces } from '../forward/pieces.ts';
import { shared } from '../forward/shared.ts';
import type { Objective } from '../objective.ts';
import { expectNear } from '../testing/expect-near.ts';
import { looking } from '../testing/moving-state.ts';
import { shortest } from '../testing/shortest.ts';
import { byLoss, half, largest, projecting } from '../testing/three-objectives.ts';
import {
  batchOf,
  curved,
  type Examples,
  headLoss,
  heads,
  linear,
  objectivesOn,
  orthonormal,
  type Separate,
  separately,
  trunk,
  variablesOf,
} from '../testing/trunk-and-heads.ts';
import { dot, weightedSum } from '../testing/vectors.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { createTrainer, type Trainer } from '../trainer/trainer.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { representation } from './representation.ts';

/** The gradient that is nearest to all others. */
const central: GramianCombiner = {
  name: 'central',
  needs: 'gramian',
  distances: true,
  combine: ({ rows, distances }) => {
    const sums = rows.map((_, i) => rows.reduce((sum, _, j) => sum + distances!.at(i, j), 0));
    return { coefficients: sums.map((sum) => (sum === Math.min(...sums) ? 1 + sum : 0)) };
  },
};

type Given = Partial<TrainerOptions<Examples>>;

const giver = (given: Given = {}): Trainer<Examples> =>
  createTrainer({
    objectives: objectivesOn(curved),
    combiner: shortest,
    variables: variablesOf(),
    over: representation(curved),
    ...given,
  });
const stepper = (given: Given = {}) => giver({ optimizer: tf.train.sgd(0.1), ...given });
const flat = (gradients: tf.NamedTensorMap, name: string) => [...gradients[name]!.dataSync()];
const values = () => variablesOf().flatMap((variable) => [...variable.dataSync()]);

describe.each<[string, GradientCombiner]>(
  [shortest, central, smoothed(shortest), half, byLoss].map((combiner) => [combiner.name, combiner]),
)('%s at features', (_, combiner) => {
  test('has the coefficients of the gradients there, and leads trunk and heads as separate passes say', async () => {
    const subject = giver({ combiner });
    const objectives = objectivesOn(curved);
    const engine = createVectorEngine({
      combiner,
      objectives: objectives.map(({ name, priority }) => ({ name, priority })),
    });
    for (const seed of [1, 2, 3]) {
      const batch = batchOf(5, seed);
      const { losses, atFeatures, ofTrunk, ofHead } = separately(curved, batch);
      const expected = engine.step({ batches: [atFeatures], losses });
      const { gradients, report } = await subject.combineGradients(batch);
      const unweighted = objectives.map(({ weight }, k) => expected.coefficients[k]! * weight!);
      expectNear(report.coefficients, unweighted, 1e-4);
      expectNear(flat(gradients!, 'trunk'), weightedSum(expected.coefficients, ofTrunk), 1e-4);
      for (const [k, own] of ofHead.entries()) expectNear(flat(gradients!, `head${k}`), own);
      tf.dispose([gradients!, batch.x]);
    }
    subject.dispose();
  });

  test('leaves no tensor', async () => {
    const batch = batchOf(5, 1);
    const before = tf.memory().numTensors;
    const subject = giver({ combiner });
    for (let step = 0; step < 3; step++) tf.dispose((await subject.combineGradients(batch)).gradients!);
    subject.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the combiner of one objective changes nothing', async () => {
  const [alone] = objectivesOn(curved);
  const batch = batchOf(5, 1);
  const { gradients } = await giver({ objectives: [alone!] }).combineGradients(batch);
  const { ofTrunk, ofHead } = separately(curved, batch);
  expectNear(flat(gradients!, 'trunk'), ofTrunk[0]!);
  expectNear(flat(gradients!, 'head0'), ofHead[0]!);
  expect(flat(gradients!, 'head1')).toEqual([0, 0, 0]);
});

describe('where the features keep inner products', () => {
  // With x xᵀ = I, ⟨xᵀ a, xᵀ b⟩ = ⟨a, b⟩ for all gradients a and b with respect to the features x·trunk.
  const objectives = () => objectivesOn(linear);

  test.each([shortest, smoothed(shortest)].map((combiner) => [combiner.name, combiner] as const))(
    "%s takes the same steps as with over: 'shared'",
    async (_, combiner) => {
      const start = values();
      const run = async (where: Given) => {
        for (const [v, variable] of variablesOf().entries()) {
          const begin = v === 0 ? 0 : 12 + 3 * (v - 1);
          variable.assign(tf.tensor(start.slice(begin, begin + variable.size), variable.shape));
        }
        const subject = createTrainer({
          objectives: objectives(),
          combiner,
          variables: variablesOf(),
          optimizer: tf.train.sgd(0.05),
          ...where,
        });
        const coefficients = [];
        for (const n of [4, 3, 2]) coefficients.push(...(await subject.step(orthonormal(n))).coefficients);
        return { coefficients, values: values() };
      };
      // Three objectives reach the trunk, and one each head.
      const [at, over] = [await run({ over: representation(linear) }), await run({ over: 'shared' })];
      expectNear(at.coefficients, over.coefficients, 1e-4);
      expectNear(at.values, over.values, 1e-5);
    },
  );

  test('the shortest combination makes no objective worse, where their mean does', async () => {
    const batch = orthonormal(3);
    // Two tasks that pull a feature apart, one of them hard.
    const tasks = [1, 30].map((factor, k): Objective<Examples> => {
      const target = k === 0 ? 1 : -1;
      return {
        name: `task ${k}`,
        priority: 0,
        loss: (given) =>
          tf.mul(tf.sum(tf.square(tf.sub(tf.matMul(linear(given), heads[0]!), target))), factor),
      };
    });
    const variables = [trunk];
    trunk.assign(tf.zeros([4, 3]));
    const changes = async (combiner: GradientCombiner) => {
      const { gradients } = await createTrainer({
        objectives: tasks,
        combiner,
        variables,
        over: representation(linear),
      }).combineGradients(batch);
      return tasks.map((task) => {
        const { grads } = tf.variableGrads(() => task.loss(batch) as tf.Scalar, variables);
        return -dot([...grads.trunk!.dataSync()], flat(gradients!, 'trunk'));
      });
    };
    expect(Math.max(...(await changes(half)))).toBeGreaterThan(1);
    for (const change of await changes(shortest)) expect(change).toBeLessThan(1e-4);
  });
});

test('the length of a combination is at most that at the features, times the norm of their Jacobian', async () => {
  // What makes it an upper bound. The Jacobian of x·trunk is x, whose norm is at most its Frobenius norm.
  for (let seed = 1; seed <= 20; seed++) {
    const batch = batchOf(1 + (seed % 6), seed);
    const { report } = await giver({
      objectives: objectivesOn(linear),
      over: representation(linear),
    }).combineGradients(batch);
    const { atFeatures, ofTrunk }: Separate = separately(linear, batch);
    const weighted = report.coefficients.map((c, k) => c / [1, 0.5, 2][k]!);
    const [there, here] = [weightedSum(weighted, atFeatures), weightedSum(weighted, ofTrunk)].map((row) =>
      Math.hypot(...row),
    );
    const norm = tf.tidy(() => tf.norm(batch.x).dataSync()[0]!);
    expect(here!).toBeLessThanOrEqual(norm * there! * (1 + 1e-5));
    // The combiner has found the shortest one there.
    for (let k = 0; k < 3; k++)
      expect(there!).toBeLessThanOrEqual(Math.hypot(...atFeatures[k]!) * (1 + 1e-5));
  }
});

test('there is one pass through the trunk, and one through each head', async () => {
  const passes = { trunk: 0, head: 0 };
  const counted = (part: keyof typeof passes) =>
    tf.customGrad((x) => ({
      value: tf.mul(x as tf.Tensor, 1),
      gradFunc: (dy) => {
        passes[part]++;
        return tf.mul(dy as tf.Tensor, 1);
      },
    }));
  const features = shared(({ x }: Examples) => counted('trunk')(tf.matMul(x, trunk)) as tf.Tensor2D);
  const objectives = objectivesOn((batch) => counted('head')(features(batch)) as tf.Tensor2D);
  const batch = batchOf(5, 1);
  await stepper({ objectives, over: representation(features) }).step(batch);
  expect(passes).toEqual({ trunk: 1, head: 3 });
  await stepper({ objectives, over: 'shared' }).step(batch);
  expect(passes).toEqual({ trunk: 4, head: 6 });
});

describe('features of other kinds', () => {
  /** The combined gradients, and those that separate passes and the reported coefficients give. */
  async function compare(
    features: (batch: Examples) => tf.TensorContainer,
    loss: (k: number, batch: Examples) => tf.Scalar,
  ) {
    const objectives = heads.map(
      (_, k): Objective<Examples> => ({ name: `task ${k}`, priority: 0, loss: (batch) => loss(k, batch) }),
    );
    const batch = batchOf(5, 3);
    const { gradients, report } = await giver({
      objectives,
      over: representation(features),
    }).combineGradients(batch);
    const separate = heads.map(
      (_, k) => tf.variableGrads(() => loss(k, batch), variablesOf().slice(0, 1)).grads.trunk!,
    );
    expectNear(
      flat(gradients!, 'trunk'),
      weightedSum(
        report.coefficients,
        separate.map((row) => [...row.dataSync()]),
      ),
      1e-4,
    );
    return report;
  }

  test('some made of others', async () => {
    const features = shared(({ x }: Examples) => {
      const low = tf.tanh(tf.matMul(x, trunk)) as tf.Tensor2D;
      return { low, high: [tf.square(low) as tf.Tensor2D] };
    });
    const { coefficients } = await compare(features, (k, batch) => {
      const { low, high } = features(batch);
      return tf.add(headLoss(k, low), headLoss(k, high[0]!));
    });
    expect(coefficients.every((c) => c > 0 && c < 1)).toBe(true);
  });

  test('a variable, and what depends on none', async () => {
    const features = shared(({ x }: Examples) => ({ x, trunk, made: tf.matMul(x, trunk) as tf.Tensor2D }));
    await compare(features, (k, batch) => {
      const { x, trunk: own, made } = features(batch);
      return tf.add(headLoss(k, made), headLoss(k, tf.matMul(x, tf.sin(own)) as tf.Tensor2D));
    });
  });

  test('the variable alone is `over` that variable', async () => {
    const features = shared((_: Examples) => trunk);
    const objectives = objectivesOn((batch) => tf.matMul(batch.x, features(batch)) as tf.Tensor2D);
    const batch = batchOf(5, 1);
    const { report, gradients } = await giver({
      objectives,
      over: representation(features),
    }).combineGradients(batch);
    const over = await giver({ objectives, over: ['trunk'] }).combineGradients(batch);
    expectNear(report.coefficients, over.report.coefficients);
    expectNear(flat(gradients!, 'trunk'), flat(over.gradients!, 'trunk'));
  });
});

test('a report has the cosines at the features, and the rest if diagnostics ask for it', async () => {
  const batch = batchOf(5, 1);
  const { atFeatures } = separately(curved, batch);
  const { report: plain } = await giver().combineGradients(batch);
  const cosine =
    dot(atFeatures[0]!, atFeatures[1]!) / Math.hypot(...atFeatures[0]!) / Math.hypot(...atFeatures[1]!);
  expect(plain.cosines!.at(0, 1)).toBeCloseTo(cosine, 5);
  expect(plain).toMatchObject({ lengths: null, worsened: null, distanceToStationarity: null });
  const { report } = await giver({ diagnostics: { every: 1 } }).combineGradients(batch);
  const { report: all } = await giver({ over: 'all', diagnostics: { every: 1 } }).combineGradients(batch);
  expect(report.cosines).toEqual(plain.cosines);
  expect(report.lengths).toEqual(all.lengths);
  expect(report.distanceToStationarity).toBe(all.distanceToStationarity);
  expect(report.worsened).not.toBeNull();
});

test('an absent objective is left out, and a method looks at the losses after the step', async () => {
  const objectives = objectivesOn(curved).map((one, k) => (k === 1 ? { ...one, loss: () => null } : one));
  const subject = stepper({ objectives, combiner: looking });
  for (let step = 0; step < 2; step++) {
    const { coefficients, losses, updated } = await subject.step(batchOf(4, 1));
    expect([coefficients.length, losses['task 1'], updated]).toEqual([2, null, true]);
  }
  // 1 at first; each step adds 1 in combine() and 0.5 after it.
  expect((await subject.checkpoint()).memory).toEqual([4]);
});

test('frozen parts stay where they are', async () => {
  heads[0]!.trainable = false;
  const before = values();
  await stepper().step(batchOf(5, 1));
  for (const [i, x] of values().entries()) expect(x === before[i]).toBe(i >= 12 && i < 15);
  trunk.trainable = false;
  await expect(stepper().step(batchOf(5, 1))).rejects.toThrow(
    'Step 0: option over: the losses use no features that depend on a trained variable.',
  );
});

test('a checkpoint says so, and training goes on from it', async () => {
  const combiner = smoothed(shortest);
  const straight = stepper({ combiner });
  await straight.step(batchOf(5, 1));
  const saved = await straight.checkpoint();
  expect(saved).toMatchObject({ over: 'representation', shared: null });
  await straight.step(batchOf(5, 2));
  const expected = values();
  const resumed = stepper({ combiner });
  await resumed.restore(saved);
  await resumed.step(batchOf(5, 2));
  expect(values()).toEqual(expected);
  await expect(stepper({ combiner, over: 'all' }).restore(saved)).rejects.toThrow(
    'made with over representation, but the trainer has all',
  );
  await expect(resumed.restore({ ...saved, shared: ['trunk'] })).rejects.toThrow('`over` says [null]');
});

describe('refused at once', () => {
  const batches: GramianCombiner = { ...shortest, name: 'of two', batches: 2 };
  test.each<[string, () => Given, string]>([
    ['with coefficients that are kept', () => ({ coefficients: { every: 2 } }), 'Leave out `coefficients`.'],
    [
      'remembered gradients',
      () => ({ combiner: projecting }),
      'projecting would compare features of different batches, because it remembers gradients.',
    ],
    [
      'several batches',
      () => ({ combiner: batches }),
      'of two would compare features of different batches, because it takes 2 a step.',
    ],
    [
      'groups',
      () => ({ combiner: perLayer(shortest) }),
      'perLayer(shortest) has groups of variables, but features belong to none.',
    ],
    ['elements', () => ({ combiner: largest }), 'largest is of no use: it takes no inner products'],
    [
      'one loss an example',
      () => ({ objectives: [{ ...objectivesOn(curved)[0]!, perExample: true }] }),
      'objective "task 0" must not be perExample: each example has features of its own',
    ],
  ])('%s', (_, given, message) => {
    expect(() => giver(given())).toThrow(message);
  });
});

test('a function that shares nothing is refused', () => {
  expect(() => representation(() => trunk)).toThrow(
    'representation: it was given a function, but takes a function that shared(...) has returned',
  );
  expect(() => giver({ over: curved as never })).toThrow(
    'option over: it is a function from shared(...). Write representation(...) around it',
  );
});

test('a batch in pieces is refused', async () => {
  const subject = stepper();
  const pieces = inPieces([batchOf(2, 1), batchOf(3, 1)]);
  const before = [tf.memory().numTensors, ...values()];
  await expect(subject.step(pieces)).rejects.toThrow('features are not known of a batch in pieces');
  expect([tf.memory().numTensors, ...values()]).toEqual(before);
});

describe('a step is refused, and nothing has changed', () => {
  const other = shared(({ x }: Examples) => tf.matMul(x, trunk) as tf.Tensor2D);
  const third = (loss: (batch: Examples) => tf.Tensor) => [
    ...objectivesOn(curved).slice(0, 2),
    { name: 'third', priority: 0, loss },
  ];
  const huge: GradientCombiner = { name: 'huge', needs: 'nothing', weights: (rows) => rows.map(() => 1e60) };
  const wild = tf.customGrad((x) => ({
    value: tf.sum(x as tf.Tensor),
    gradFunc: () => tf.fill((x as tf.Tensor).shape, Number.NaN),
  }));
  test.each<[string, () => Given, string]>([
    ['features that no loss uses', () => ({ over: representation(other) }), 'the losses use no features'],
    [
      'a variable of the trunk beside the features',
      () => ({ objectives: third((batch) => tf.add(headLoss(2, curved(batch)), tf.sum(tf.square(trunk)))) }),
      'the loss of objective "third" uses the variable "trunk" of the trunk beside the features',
    ],
    [
      'a result in the trunk',
      () => {
        let inside: tf.Tensor2D;
        const features = shared(({ x }: Examples) => {
          inside = tf.matMul(x, trunk);
          return tf.tanh(inside) as tf.Tensor2D;
        });
        const objectives = objectivesOn(features).map((one) => ({
          ...one,
          loss: (batch: Examples) => tf.add(headLoss(0, features(batch)), tf.sum(inside)),
        }));
        return { objectives, over: representation(features) };
      },
      'uses a result of BatchMatMul of the trunk beside the features',
    ],
    [
      'an objective of which the features say nothing',
      () => ({ objectives: third(() => tf.sum(tf.square(heads[2]!))) }),
      'the loss of objective "third" does not depend on the features',
    ],
    [
      'a gradient at the features that is not finite',
      () => ({ objectives: third((batch) => wild(curved(batch))) }),
      'the gradient with respect to "features" of objective "third" is not finite',
    ],
    [
      'a gradient of a head that is not finite',
      () => ({ objectives: third((batch) => tf.add(headLoss(2, curved(batch)), wild(heads[2]!))) }),
      'the gradient with respect to "head2" of objective "third" is not finite',
    ],
    ['coefficients that are too large', () => ({ combiner: huge }), 'its coefficients are too large'],
  ])('%s', async (_, given, message) => {
    const subject = stepper(given());
    const batch = batchOf(5, 1);
    const before = [tf.memory().numTensors, ...values()];
    await expect(subject.step(batch)).rejects.toThrow(message);
    expect([tf.memory().numTensors, ...values()]).toEqual(before);
  });
});
