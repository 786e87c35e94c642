import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ElementCombiner, GradientCombiner, GramianCombiner, LossCombiner } from './combiner.ts';
import { byLevel, clipped, perLayer, smoothed } from './compose.ts';
import type { Objective } from './objective.ts';
import { cosineSchedule } from './schedule.ts';
import { shared } from './shared.ts';
import { createTrainer, type TrainerOptions } from './trainer.ts';
import { createVectorEngine } from './vector-engine.ts';

const half: GradientCombiner = { name: 'half', needs: 'nothing', weights: (rows) => rows.map(() => 0.5) };

const byLoss: LossCombiner<number> = {
  name: 'by-loss',
  needs: 'losses',
  init: () => 1,
  combine: ({ losses, memory }) => ({ weights: losses.map((loss) => loss * memory), memory: memory + 1 }),
};

/** Subtracts from each gradient its projection on the average of the first, with a random factor in the memory. */
const projecting: GramianCombiner<number> = {
  name: 'projecting',
  needs: 'gramian',
  remembers: () => 1,
  init: () => 0,
  combine({ gramian, rows, memory, random }) {
    const e = rows.length;
    const square = gramian.at(e, e);
    const ratio = rows.map((_, i) => (square === 0 ? 0 : gramian.at(i, e) / square));
    return {
      coefficients: [...rows.map(() => 1), -ratio.reduce((a, b) => a + b, 0) + random() + memory],
      remember: [[0.25, ...rows.slice(1).map(() => 0), 0.75]],
      memory: memory + 0.125,
    };
  },
};

const largest: ElementCombiner = {
  name: 'largest',
  needs: 'elements',
  combine: ({ gradients }) => tf.max(gradients, 0),
};

const combiners: readonly GradientCombiner[] = [
  half,
  byLoss,
  projecting,
  clipped(projecting, { norm: 0.5 }),
  smoothed(byLoss, { decay: 0.5 }),
  perLayer(projecting),
  byLevel({ within: byLoss, across: projecting }),
  byLevel({ within: projecting, across: smoothed(projecting) }),
];

let kernel: tf.Variable;
let bias: tf.Variable;
let variables: tf.Variable[];

beforeEach(() => {
  kernel = tf.variable(tf.tensor2d([1, -2, 3, 0.5, 1, 2], [2, 3]), true, 'layer1/kernel');
  bias = tf.variable(tf.tensor1d([0.5, -1, 2]), true, 'layer2/bias');
  variables = [kernel, bias];
});

afterEach(() => tf.disposeVariables());

/** loss = c/2 ‖kernel − k‖² + ⟨b, bias⟩ with everything scaled by the batch. */
function objective(name: string, priority: number, k: number, b: number, weight = 1): Objective<number> {
  return {
    name,
    priority,
    weight,
    loss: (batch) =>
      tf.add(
        tf.mul(tf.sum(tf.square(tf.sub(kernel, k))), batch / 2),
        tf.sum(tf.mul(bias, b * batch)),
      ) as tf.Scalar,
  };
}

const three = [
  objective('first', 0, 1, 0.5),
  objective('second', 3, -1, 2, 0.5),
  objective('third', 3, 0.25, -1),
];

function trainer(options: Partial<TrainerOptions<number>> = {}) {
  const optimizer = options.optimizer ?? tf.train.sgd(0.125);
  return createTrainer<number>({
    objectives: three,
    combiner: half,
    variables,
    seed: 7,
    ...options,
    optimizer,
  });
}

const values = () => [...kernel.dataSync(), ...bias.dataSync()];

/** What the objectives' gradients are, by hand. */
function gradientsByHand(theta: readonly number[], batch: number): number[][] {
  return [
    [1, 0.5],
    [-1, 2],
    [0.25, -1],
  ].map(([k, b]) => theta.map((x, i) => (i < 6 ? (x - k!) * batch : b! * batch)));
}

function lossesByHand(theta: readonly number[], batch: number): number[] {
  return gradientsByHand(theta, batch).map((g, row) =>
    g.reduce(
      (sum, x, i) => sum + (i < 6 ? (x * x) / (2 * batch) : [0.5, 2, -1][row]! * batch * theta[i]!),
      0,
    ),
  );
}

test.each(combiners.filter(({ name }) => !name.startsWith('perLayer')).map((c) => [c.name, c] as const))(
  'a step with %s is that of the float64 engine',
  async (_, combiner) => {
    const subject = trainer({ combiner });
    const engine = createVectorEngine({ combiner, objectives: three, seed: 7 });
    for (const batch of [0.25, 0.125, 0.5, 0.25]) {
      const before = values();
      const report = await subject.step(batch);
      const losses = lossesByHand(before, batch);
      const expected = engine.step({ batches: [gradientsByHand(before, batch)], losses });
      const after = before.map((x, i) => x - 0.125 * expected.direction[i]!);
      const scale = Math.max(1, ...expected.direction.map(Math.abs), ...expected.coefficients.map(Math.abs));
      for (const [i, x] of values().entries()) expect(x / scale).toBeCloseTo(after[i]! / scale, 5);
      for (const [i, c] of report.coefficients.entries()) {
        expect(c / scale).toBeCloseTo(expected.coefficients[i]! / scale, 5);
      }
      expect(report.losses.second).toBeCloseTo(losses[1]!, 4);
    }
    subject.dispose();
  },
);

test('perLayer answers for each layer as if it were alone', async () => {
  const subject = trainer({ combiner: perLayer(projecting) });
  const engines = [0, 1].map(() =>
    createVectorEngine({ combiner: { ...projecting }, objectives: three, seed: 7 }),
  );
  const before = values();
  const report = await subject.step(1);
  const rows = gradientsByHand(before, 1);
  const layers = [rows.map((g) => g.slice(0, 6)), rows.map((g) => g.slice(6))];
  for (const [layer, engine] of engines.entries()) {
    const expected = engine.step({ batches: [layers[layer]!] });
    // The last coefficient depends on a random number, of which the layers draw one each.
    const known = expected.coefficients.length - 1;
    expect(report.groups[layer]!.coefficients.slice(0, known)).toEqual(expected.coefficients.slice(0, known));
  }
  expect(report.groups).toHaveLength(2);
  subject.dispose();
});

test('an element-wise combiner sees each variable', async () => {
  const before = values();
  const subject = trainer({ combiner: largest });
  await subject.step(1);
  const [a, b, c] = gradientsByHand(before, 1);
  // The second objective counts half.
  const expected = before.map((x, i) => x - 0.125 * Math.max(a![i]!, b![i]! / 2, c![i]!));
  for (const [i, x] of values().entries()) expect(x).toBeCloseTo(expected[i]!, 5);
});

test.each([...combiners, largest].map((c) => [c.name, c] as const))(
  '100 steps of %s leak no tensor',
  async (_, combiner) => {
    const optimizer = tf.train.momentum(1e-4, 0.5);
    const before = tf.memory().numTensors;
    const subject = trainer({ combiner, optimizer, schedule: cosineSchedule({ rate: 1e-4, steps: 100 }) });
    await subject.step(1);
    const once = tf.memory().numTensors;
    for (let step = 1; step < 100; step++) await subject.step(1 / step);
    expect(tf.memory().numTensors).toBe(once);
    subject.dispose();
    // Momentum keeps one accumulator for each of the two variables.
    expect(tf.memory().numTensors).toBe(before + 2);
    optimizer.dispose();
  },
);

describe('a shared trunk', () => {
  test('runs once a step and gives both objectives their gradient', async () => {
    let runs = 0;
    const trunk = shared((batch: number) => {
      runs++;
      return tf.tidy(() => tf.mul(tf.square(kernel), batch));
    });
    const heads = [1, 10].map(
      (factor, index): Objective<number> => ({
        name: `head ${index}`,
        priority: index,
        loss: (batch) => tf.tidy(() => tf.mul(tf.sum(trunk(batch)), factor) as tf.Scalar),
      }),
    );
    const before = [...kernel.dataSync()];
    const tensors = tf.memory().numTensors;
    const subject = trainer({ objectives: heads, combiner: half, optimizer: tf.train.sgd(0.01) });
    await subject.step(2);
    expect(runs).toBe(1);
    // d/dk of 2k² (1 + 10) / 2 is 22 k.
    for (const [i, x] of kernel.dataSync().entries()) expect(x).toBeCloseTo(before[i]! * (1 - 0.22), 5);
    await subject.step(2);
    expect(runs).toBe(2);
    subject.dispose();
    // The rate of plain SGD is a tensor.
    expect(tf.memory().numTensors).toBe(tensors + 1);
  });

  test('may hand on what it did not make', async () => {
    const trunk = shared((batch: tf.Tensor) => ({ batch, bias, scaled: tf.mul(batch, kernel) }));
    const heads = [0, 1].map((priority) => ({
      name: `head ${priority}`,
      priority,
      loss: (batch: tf.Tensor) => {
        const { batch: factor, bias: shift, scaled } = trunk(batch);
        return tf.tidy(() => tf.sum(tf.add(tf.mul(scaled, factor), shift)) as tf.Scalar);
      },
    }));
    const optimizer = tf.train.sgd(0.01);
    const subject = createTrainer({ objectives: heads, combiner: half, optimizer, variables });
    const batch = tf.scalar(2);
    await subject.step(batch);
    const tensors = tf.memory().numTensors;
    await subject.step(batch);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(batch.isDisposed).toBe(false);
    batch.dispose();
  });

  test('computes anew outside a step', () => {
    const trunk = shared((batch: number) => tf.scalar(batch));
    expect(trunk(1)).not.toBe(trunk(1));
  });
});

describe('objectives without a label', () => {
  const sometimes = (o: Objective<number>, when: (batch: number) => boolean): Objective<number> => ({
    ...o,
    loss: (batch) => (when(batch) ? o.loss(batch) : null),
  });

  test('have no row, and the others go on', async () => {
    const objectives = [three[0]!, sometimes(three[1]!, (batch) => batch > 0.5)];
    const subject = trainer({ objectives, combiner: projecting });
    const engine = createVectorEngine({ combiner: projecting, objectives, seed: 7 });
    for (const batch of [1, 0.5, 2, 0.25]) {
      const before = values();
      const [a, b] = gradientsByHand(before, batch);
      const expected = engine.step({ batches: [[a!, batch > 0.5 ? b! : null]] });
      const report = await subject.step(batch);
      expect(report.losses.second === null).toBe(batch <= 0.5);
      const after = before.map((x, i) => x - 0.125 * expected.direction[i]!);
      for (const [i, x] of values().entries()) expect(x).toBeCloseTo(after[i]!, 5);
    }
  });

  test('all absent: no update, but the step counts', async () => {
    const optimizer = tf.train.adam();
    const subject = trainer({ objectives: [sometimes(three[0]!, () => false)], optimizer });
    const before = values();
    const report = await subject.step(1);
    expect(report.updated).toBe(false);
    expect(values()).toEqual(before);
    expect(optimizer.iterations).toBe(0);
    expect(subject.steps).toBe(1);
  });
});

describe("over: 'shared'", () => {
  const onKernel: Objective<number> = {
    name: 'kernel only',
    priority: 0,
    loss: () => tf.sum(tf.square(kernel)) as tf.Scalar,
  };
  const onBoth: Objective<number> = {
    name: 'both',
    priority: 1,
    weight: 3,
    loss: () => tf.add(tf.sum(kernel), tf.sum(bias)) as tf.Scalar,
  };

  test.each([half, projecting, largest].map((c) => [c.name, c] as const))(
    'private parameters keep their own gradient with %s',
    async (_, combiner) => {
      const subject = trainer({ objectives: [onKernel, onBoth], combiner, over: 'shared' });
      const before = [...bias.dataSync()];
      const report = await subject.step(1);
      for (const [i, x] of bias.dataSync().entries()) expect(x).toBeCloseTo(before[i]! - 0.125 * 3, 5);
      // Over all parameters the second gradient has nine entries; over the shared ones it is six ones.
      const g = [...kernel.shape].reduce((a, b) => a * b);
      expect(g).toBe(6);
      expect(report.cosines?.at(1, 1)).toBeCloseTo(1, 6);
      const saved = await subject.checkpoint();
      expect(saved.shared).toEqual(['layer1/kernel']);
    },
  );

  test.each([half, projecting, largest, perLayer(projecting)].map((c) => [c.name, c] as const))(
    'a private gradient that is not finite stops the step of %s',
    async (_, combiner) => {
      const cusp: Objective<number> = {
        ...onBoth,
        loss: (batch) => tf.add(tf.sum(kernel), tf.sum(tf.sqrt(tf.mul(tf.square(bias), batch)))) as tf.Scalar,
      };
      const subject = trainer({ objectives: [onKernel, cusp], combiner, over: 'shared' });
      const before = values();
      await expect(subject.step(0)).rejects.toThrow(/"layer2\/bias" of objective "both" is not finite/);
      expect(values()).toEqual(before);
    },
  );

  test.each([projecting, largest].map((c) => [c.name, c] as const))(
    'cosines of %s are those of the shared parameters',
    async (_, combiner) => {
      const report = await trainer({ objectives: [onKernel, onBoth], combiner, over: 'shared' }).step(1);
      const theta = [1, -2, 3, 0.5, 1, 2];
      const cosine = theta.reduce((a, b) => a + b) / Math.hypot(...theta) / Math.sqrt(6);
      expect(report.cosines?.at(0, 1)).toBeCloseTo(cosine, 6);
    },
  );

  test('with several batches, private parameters move by the mean over those that have the objective', async () => {
    const still: GradientCombiner = {
      name: 'still',
      needs: 'gramian',
      batches: 3,
      combine: ({ rows }) => ({ coefficients: rows.map(() => 0) }),
    };
    const scaled: Objective<number> = {
      ...onBoth,
      loss: (batch) => (batch === 0 ? null : (tf.mul(onBoth.loss(batch)!, batch) as tf.Scalar)),
    };
    const subject = trainer({ objectives: [onKernel, scaled], combiner: still, over: 'shared' });
    const before = values();
    await subject.step(2, 0, 4);
    const step = 0.125 * 3 * ((2 + 4) / 2);
    for (const [i, x] of values().entries()) expect(x).toBeCloseTo(before[i]! - (i < 6 ? 0 : step), 5);
  });

  test('needs every objective in the first step', async () => {
    const absent = { ...onBoth, loss: () => null };
    const subject = trainer({ objectives: [onKernel, absent], over: 'shared' });
    await expect(subject.step(1)).rejects.toThrow(/"both" has no loss on its batch. Start with a batch/);
  });

  test('needs a parameter in common', async () => {
    const onBias: Objective<number> = { ...onBoth, loss: () => tf.sum(bias) as tf.Scalar };
    const subject = trainer({ objectives: [onKernel, onBias], over: 'shared' });
    await expect(subject.step(1)).rejects.toThrow(/needs a parameter that two objectives reach/);
  });
});

describe('a loss or gradient that is not finite', () => {
  /** √(b x²) has no finite derivative by autodiff at b = 0, where its value is fine. */
  const cusp: Objective<number> = {
    name: 'cusp',
    priority: 1,
    loss: (batch) => tf.sum(tf.sqrt(tf.mul(tf.square(bias), batch))) as tf.Scalar,
  };
  const poles: Objective<number> = {
    name: 'poles',
    priority: 1,
    loss: (batch) => tf.mul(tf.sum(bias), batch === 0 ? Number.NaN : 1) as tf.Scalar,
  };

  test.each([half, projecting, largest].map((c) => [c.name, c] as const))(
    'stops the step of %s before anything is changed, and says where',
    async (_, combiner) => {
      const optimizer = tf.train.momentum(0.1, 0.9);
      const subject = trainer({ objectives: [three[0]!, cusp], combiner, optimizer });
      await subject.step(1);
      const before = values();
      const tensors = tf.memory().numTensors;
      const saved = await subject.checkpoint();
      await expect(subject.step(0)).rejects.toThrow(
        'Step 1: the gradient with respect to "layer2/bias" of objective "cusp" is not finite. Nothing was changed.',
      );
      expect(values()).toEqual(before);
      expect(await subject.checkpoint()).toEqual(saved);
      expect(tf.memory().numTensors).toBe(tensors);
      expect((await subject.step(1)).step).toBe(1);
    },
  );

  test('a loss that is NaN names its objective', async () => {
    for (const combiner of [half, byLoss, projecting]) {
      const subject = trainer({ objectives: [three[0]!, poles], combiner });
      await expect(subject.step(0)).rejects.toThrow(/the loss of objective "poles" is not finite/);
    }
  });

  test('what a combiner makes of finite gradients is its own fault, not that of an objective', async () => {
    const huge = { ...three[0]!, weight: 1e30 };
    const weighing: GradientCombiner = { ...half, name: 'weighing', weights: () => [1e30] };
    const remembering: GradientCombiner = {
      ...projecting,
      name: 'remembering',
      combine: () => ({ coefficients: [0, 0], remember: [[1e30, 0]] }),
    };
    for (const combiner of [weighing, remembering]) {
      const subject = trainer({ objectives: [huge], combiner, onNonFinite: 'skip' });
      const steps = async () => {
        for (const _ of [1, 2]) await subject.step(1);
      };
      await expect(steps()).rejects.toThrow(
        new RegExp(
          `the gradients are finite, but what the combiner ${combiner.name} made of them .* "layer1/kernel"`,
        ),
      );
    }
  });

  test("onNonFinite: 'skip' leaves the step out", async () => {
    const subject = trainer({ objectives: [three[0]!, cusp], combiner: projecting, onNonFinite: 'skip' });
    const before = values();
    const report = await subject.step(0);
    expect(report).toMatchObject({
      step: 0,
      updated: false,
      skipped: { objective: 'cusp', variable: 'layer2/bias' },
    });
    expect(values()).toEqual(before);
    expect((await subject.step(1)).step).toBe(1);
  });
});

describe('wrong use is refused', () => {
  const bad = (loss: () => unknown): Objective<number> => ({
    name: 'bad',
    priority: 0,
    loss: loss as () => tf.Scalar,
  });

  test.each([
    ['a vector', () => tf.square(bias), /"bad".*float32 of shape \[3\]. Reduce it with tf.mean/],
    ['a number', () => 3, /"bad".*it is 3/],
    ['nothing', () => undefined, /"bad".*it is undefined/],
    ['a promise', async () => tf.scalar(1), /"bad".*it is a promise. Prepare the batch before/],
  ])('a loss that is %s', async (_, loss, message) => {
    const tensors = tf.memory().numTensors;
    const optimizer = tf.train.adam();
    const subject = trainer({ objectives: [three[0]!, bad(loss)], optimizer });
    await expect(subject.step(1)).rejects.toThrow(message);
    optimizer.dispose();
    subject.dispose();
    // What the objective itself made outside the step's reach: the scalar of the promise.
    expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(1);
  });

  test.each([
    [{ objectives: [] }, /no objectives/],
    [{ objectives: [three[0]!, three[0]!] }, /Two objectives are named "first"/],
    [{ objectives: [{ ...three[0]!, priority: 0.5 }] }, /priority is 0.5, but must be a whole number/],
    [{ objectives: [{ ...three[0]!, weight: 0 }] }, /weight is 0, but must be positive/],
    [{ variables: [] }, /no variables to train/],
    [{ diagnostics: { every: 0 } }, /diagnostics.every is 0/],
  ] satisfies [Partial<TrainerOptions<number>>, RegExp][])('%j', (options, message) => {
    expect(() => trainer(options)).toThrow(message);
  });

  test('the wrong number of batches', async () => {
    await expect(trainer().step(1, 2)).rejects.toThrow('half takes 1 independent batches a step, but got 2.');
    const subject = trainer({ combiner: { ...projecting, batches: 2 } });
    await expect(subject.step(1)).rejects.toThrow('takes 2 independent batches');
    expect((await subject.step(1, 0.5)).rows).toHaveLength(6);
  });

  test('a step inside a gradient function', () => {
    const subject = trainer();
    let failure: Promise<unknown> | undefined;
    tf.variableGrads(() => {
      failure = subject.step(1);
      return tf.sum(kernel) as tf.Scalar;
    });
    // The step itself runs later, outside of it.
    return expect(failure).resolves.toMatchObject({ updated: true });
  });
});

describe('a combiner that answers wrongly is stopped by its name', () => {
  test.each([
    [
      'too few coefficients',
      { coefficients: [1] },
      /projecting answered with coefficients that are 1 numbers for 4 rows/,
    ],
    ['NaN', { coefficients: [1, Number.NaN, 0, 0] }, /coefficients that are not finite: number 1 is NaN/],
    [
      'rows to remember',
      { coefficients: [1, 1, 1, 0], remember: [[], []] },
      /remember\[0\] that are 0 numbers/,
    ],
  ])('%s', async (_, answer, message) => {
    const combiner = { ...projecting, combine: () => answer };
    const before = values();
    await expect(trainer({ combiner }).step(1)).rejects.toThrow(message);
    expect(values()).toEqual(before);
    const engine = createVectorEngine({ combiner, objectives: three });
    expect(() => engine.step({ batches: [gradientsByHand(before, 1)] })).toThrow(message);
  });

  test('weights', async () => {
    const combiner: GradientCombiner = { ...half, name: 'few', weights: () => [1] };
    await expect(trainer({ combiner }).step(1)).rejects.toThrow(
      /few answered with weights that are 1 numbers for 3 rows/,
    );
  });

  test.each([[[0]], [[0, -1]], [[0, 0.5]]])('groups %j of two variables', (groups) => {
    const combiner: GradientCombiner = { ...projecting, groups: () => groups };
    expect(() => trainer({ combiner })).toThrow(/projecting answered with groups .* for 2 variables/);
  });

  test('elements', async () => {
    const combiner = { ...largest, combine: () => tf.zeros([2]) as tf.Tensor1D };
    await expect(trainer({ combiner }).step(1)).rejects.toThrow(
      /largest must answer with a tensor of 6 elements/,
    );
  });
});

describe('what throws in the middle of a step leaves no tensor behind', () => {
  const failing = (): never => {
    throw new Error('in the middle');
  };
  const unbacked = tf.customGrad((x) => ({ value: tf.sum(x as tf.Tensor), gradFunc: failing }));
  const cases: Record<string, () => Partial<TrainerOptions<number>>> = {
    'an objective': () => ({ objectives: [three[0]!, { ...three[1]!, loss: failing }] }),
    'the second backward pass': () => ({
      objectives: [three[0]!, { ...three[1]!, loss: () => unbacked(kernel) as tf.Scalar }],
    }),
    'a combiner': () => ({ combiner: { ...projecting, combine: failing } }),
    'an element-wise combiner, at the second variable': () => ({
      combiner: {
        ...largest,
        combine: (step: Parameters<ElementCombiner['combine']>[0]) =>
          step.variable === bias.name ? failing() : largest.combine(step),
      },
    }),
    'the schedule': () => ({ schedule: failing }),
    'the optimizer': () => ({
      optimizer: Object.assign(tf.train.momentum(0.1, 0.5), { applyGradients: failing }),
    }),
  };
  test.each(Object.keys(cases))('%s', async (name) => {
    const subject = trainer({ combiner: projecting, ...cases[name]!() });
    const before = values();
    const tensors = tf.memory().numTensors;
    for (const _ of [1, 2]) await expect(subject.step(1)).rejects.toThrow('in the middle');
    expect(tf.memory().numTensors).toBe(tensors);
    expect(values()).toEqual(before);
    expect(subject.steps).toBe(0);
  });
});

test('disposing during a step ends that step with an error, and frees everything', async () => {
  const tensors = tf.memory().numTensors;
  const optimizer = tf.train.adam();
  const subject = trainer({ combiner: projecting, optimizer });
  await subject.step(1);
  const before = values();
  const under = subject.step(1);
  await Promise.resolve();
  subject.dispose();
  await expect(under).rejects.toThrow(/disposed of while a step was under way/);
  await expect(subject.step(1)).rejects.toThrow(/has been disposed of. Create a new one/);
  expect(values()).toEqual(before);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

test('what is remembered outlives a scope around a step or a restore', async () => {
  const tensors = tf.memory().numTensors;
  const subject = trainer({ combiner: projecting, optimizer: tf.train.adagrad(0.1) });
  const inScope = async (work: () => Promise<unknown>) => {
    tf.engine().startScope();
    await work();
    tf.engine().endScope();
  };
  await inScope(() => subject.step(1));
  await inScope(() => subject.step(1));
  const saved = await subject.checkpoint();
  await inScope(() => subject.restore(saved));
  expect(await subject.checkpoint()).toEqual(saved);
  subject.dispose();
  // The optimizer's accumulators are its own.
  expect(tf.memory().numTensors).toBe(tensors + 2);
});

test('concurrent steps queue', async () => {
  const [a, b] = [trainer({ combiner: projecting }), trainer({ combiner: projecting })];
  const start = values();
  for (const batch of [1, 2, 3]) await a.step(batch);
  const sequential = values();
  tf.tidy(() => {
    kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
    bias.assign(tf.tensor1d(start.slice(6)));
  });
  const reports = await Promise.all([1, 2, 3].map((batch) => b.step(batch)));
  expect(reports.map(({ step }) => step)).toEqual([0, 1, 2]);
  expect(values()).toEqual(sequential);
});

test('cosines come with a Gramian, and by diagnostics elsewhere', async () => {
  const [a, b, c] = gradientsByHand(values(), 1);
  const cosine = (x: number[], y: number[]) => {
    const dot = (p: number[], q: number[]) => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  };
  const report = await trainer({ combiner: projecting, optimizer: tf.train.sgd(1e-9) }).step(1);
  expect(report.cosines?.at(0, 1)).toBeCloseTo(cosine(a!, b!), 6);
  const single = trainer({ diagnostics: { every: 2 } });
  expect((await single.step(1)).cosines?.at(0, 2)).toBeCloseTo(cosine(a!, c!), 5);
  expect((await single.step(1)).cosines).toBeNull();
});

test('a method that looks at the losses after the step sees those of the same batch', async () => {
  const seen: number[][] = [];
  const looking: LossCombiner<number> = {
    ...byLoss,
    after: ({ losses, memory }) => {
      seen.push([...losses]);
      return memory;
    },
  };
  const subject = trainer({ combiner: looking, optimizer: tf.train.sgd(0.01) });
  await subject.step(0.5);
  const expected = lossesByHand(values(), 0.5).map((loss, i) => loss * [1, 0.5, 1][i]!);
  for (const [i, loss] of seen[0]!.entries()) expect(loss).toBeCloseTo(expected[i]!, 4);
});
