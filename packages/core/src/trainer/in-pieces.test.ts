import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { byLevel } from '../compose/by-level.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import { representation } from '../direction/representation.ts';
import { inPieces } from '../forward/pieces.ts';
import { shared } from '../forward/shared.ts';
import { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import { randomFrom } from '../random.ts';
import { looking } from '../testing/moving-state.ts';
import { byLoss, half, largest, projecting } from '../testing/three-objectives.ts';
import type { TrainerOptions } from './options.ts';
import type { StepReport } from './report.ts';
import { createTrainer } from './trainer.ts';

/** A batch: the rows of x from `from` up to, but without, `to`. */
interface Batch {
  readonly from: number;
  readonly to: number;
}

const EXAMPLES = 24;
let x: tf.Tensor2D;
let y: tf.Tensor2D;
let variables: tf.Variable[];
let objectives: Objective<Batch>[];
let start: tf.Tensor[];

const inverse: GramianCombiner = {
  name: 'inverse',
  needs: 'gramian',
  combine: ({ gramian, rows }) => ({ coefficients: rows.map((_, i) => 1 / gramian.at(i, i)) }),
};
/** Of two independent batches: weights from the inner products between them. */
const crossing: GramianCombiner = {
  name: 'crossing',
  needs: 'gramian',
  batches: 2,
  combine: ({ gramian, rows }) => ({
    coefficients: rows.map((_, i) => gramian.at(i, (i + rows.length / 2) % rows.length)),
  }),
};

beforeEach(() => {
  const random = randomFrom(3);
  const tensor = (shape: number[]) =>
    tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * random() - 1),
      shape,
    );
  x = tensor([EXAMPLES, 4]) as tf.Tensor2D;
  y = tensor([EXAMPLES, 3]) as tf.Tensor2D;
  variables = [[4, 5], [5], [5, 3]].map((shape, v) =>
    tf.tidy(() => tf.variable(tensor(shape), true, `v${v}`)),
  );
  start = variables.map((variable) => variable.clone());
  const [inner, bias, outer] = variables as [tf.Variable<tf.Rank.R2>, tf.Variable, tf.Variable<tf.Rank.R2>];
  const predict = shared(({ from, to }: Batch) =>
    tf.matMul(tf.tanh(tf.add(tf.matMul(tf.slice(x, from, to - from), inner), bias)), outer),
  );
  const column = (values: tf.Tensor, k: number) => tf.slice(values, [0, k], [-1, 1]);
  const task = (k: number): Objective<Batch> => ({
    name: `task ${k}`,
    priority: k,
    weight: 1 + k / 2,
    loss: (batch) =>
      tf.mean(
        tf.square(
          tf.sub(column(predict(batch), k), column(tf.slice(y, batch.from, batch.to - batch.from), k)),
        ),
      ),
  });
  const size: Objective<Batch> = { name: 'size', priority: 1, loss: () => tf.sum(tf.square(inner)) };
  objectives = [task(0), task(1), task(2), size];
});

/** The examples between these numbers, as a batch in pieces. */
function cut(...ends: number[]) {
  const pieces = ends.slice(1).map((to, index): Batch => ({ from: ends[index]!, to }));
  return inPieces(pieces, { sizes: pieces.map(({ from, to }) => to - from) });
}
const whole = (from = 0, to = EXAMPLES): Batch => ({ from, to });

const flat = (tensors: readonly tf.Tensor[]) => tensors.flatMap((tensor) => [...tensor.dataSync()]);
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, i) => x - b[i]!));

type Step = Parameters<ReturnType<typeof createTrainer<Batch>>['step']>;

/** Trains with SGD from the start. Gives the values at the end and the reports. */
async function path(options: Partial<TrainerOptions<Batch>>, steps: readonly Step[]) {
  for (const [v, variable] of variables.entries()) variable.assign(start[v]!);
  const optimizer = tf.train.sgd(2 ** -4);
  const tensors = tf.memory().numTensors;
  const subject = createTrainer<Batch>({
    objectives,
    combiner: half,
    optimizer,
    variables,
    seed: 7,
    ...options,
  });
  const reports: StepReport[] = [];
  for (const step of steps) reports.push(await subject.step(...step));
  subject.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  return { end: flat(variables), reports };
}

/** Expects the same training, to the rounding of float32. */
function expectSame(actual: Awaited<ReturnType<typeof path>>, expected: typeof actual): void {
  const moved = distance(expected.end, flat(start));
  expect(moved).toBeGreaterThan(1e-3);
  expect(distance(actual.end, expected.end)).toBeLessThan(2e-5 * moved);
  for (const [step, { losses, coefficients, rows, unreached }] of expected.reports.entries()) {
    const report = actual.reports[step]!;
    expect([report.rows, report.unreached]).toEqual([rows, unreached]);
    expect(distance(report.coefficients, coefficients)).toBeLessThan(1e-4 * Math.hypot(...coefficients, 1));
    for (const [name, loss] of Object.entries(losses)) {
      if (loss === null) expect(report.losses[name]).toBeNull();
      else expect(Math.abs(report.losses[name]! - loss)).toBeLessThan(1e-5 * Math.abs(loss));
    }
  }
}

const kinds: readonly GradientCombiner[] = [
  half,
  byLoss,
  looking,
  inverse,
  { ...inverse, name: 'with distances', distances: true },
  projecting,
  smoothed(byLoss, { decay: 0.5 }),
  perLayer(projecting),
  byLevel({ within: inverse, across: projecting }),
  largest,
];
const each = kinds.map((combiner) => [combiner.name, combiner] as const);

describe.each(each)('%s', (_, combiner) => {
  test('a step in pieces is that of the whole batch, however it is cut', async () => {
    for (const over of ['all', 'shared'] as const) {
      const expected = await path({ combiner, over }, [[whole()], [whole(2, 19)], [whole()]]);
      const cuts = fc.uniqueArray(fc.integer({ min: 3, max: 18 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(cuts, async (ends) => {
          const inside = ends.toSorted((a, b) => a - b);
          const steps: Step[] = [
            [cut(0, ...inside, EXAMPLES)],
            [cut(2, ...inside, 19)],
            [cut(0, 1, EXAMPLES)],
          ];
          expectSame(await path({ combiner, over }, steps), expected);
        }),
        { numRuns: 4 },
      );
    }
  });

  // The pieces without an objective, by its number: only later ones; the first, one in the middle, and all.
  test.each<Readonly<Record<number, readonly number[]>>>([{ 1: [5] }, { 0: [0], 1: [5, 11], 2: [0, 5, 11] }])(
    'an objective that is absent from some pieces has the mean of the others: %o',
    async (missing) => {
      const sometimes = objectives.map(
        (one, k): Objective<Batch> => ({
          ...one,
          loss: (batch) => (missing[k]?.includes(batch.from) ? null : one.loss(batch)),
        }),
      );
      /** The same means from the losses of the pieces, in one forward pass. */
      const byHand = objectives.map(
        (one, k): Objective<Batch> => ({
          ...one,
          loss: () => {
            const own = [0, 5, 11].flatMap((from, index) => {
              const to = [5, 11, EXAMPLES][index]!;
              return missing[k]?.includes(from) ? [] : [{ from, to }];
            });
            if (own.length === 0) return null;
            const total = own.reduce((sum, { from, to }) => sum + to - from, 0);
            return tf.addN(
              own.map((batch) => tf.mul(one.loss(batch) as tf.Tensor, (batch.to - batch.from) / total)),
            );
          },
        }),
      );
      const actual = await path({ combiner, objectives: sometimes }, [
        [cut(0, 5, 11, EXAMPLES)],
        [cut(0, 5, 11, EXAMPLES)],
      ]);
      expectSame(actual, await path({ combiner, objectives: byHand }, [[whole()], [whole()]]));
      expect(actual.reports[0]!.losses['task 2'] === null).toBe(2 in missing);
    },
  );

  test('a loss that depends on a variable only in some pieces counts as a constant in the others', async () => {
    const partly = objectives.map(
      (one, k): Objective<Batch> => ({
        ...one,
        loss: (batch) => (k === 1 && batch.from < 5 ? tf.scalar(2) : one.loss(batch)),
      }),
    );
    const byHand = objectives.map(
      (one, k): Objective<Batch> => ({
        ...one,
        loss: (batch) =>
          k === 1
            ? tf.add(10 / EXAMPLES, tf.mul(one.loss({ from: 5, to: EXAMPLES }) as tf.Tensor, 19 / EXAMPLES))
            : one.loss(batch),
      }),
    );
    const actual = await path({ combiner, objectives: partly }, [[cut(0, 5, 11, EXAMPLES)]]);
    expectSame(actual, await path({ combiner, objectives: byHand }, [[whole()]]));
  });

  test('an error in the last piece undoes everything, and leaves no tensor', async () => {
    const running = tf.tidy(() => tf.variable(tf.scalar(1), false, 'moved by losses'));
    let failing = false;
    const moving = objectives.map(
      (one, k): Objective<Batch> => ({
        ...one,
        loss: (batch) => {
          if (k === 0) tf.tidy(() => running.assign(tf.mul(running, 2)));
          if (failing && k === 1 && batch.from === 11) throw new Error('in piece 3');
          return one.loss(batch);
        },
      }),
    );
    const subject = createTrainer<Batch>({
      objectives: moving,
      combiner,
      optimizer: tf.train.sgd(0.125),
      variables,
      state: [running],
    });
    const pieces = cut(0, 5, 11, EXAMPLES);
    await subject.step(pieces);
    expect(running.dataSync()[0]).toBe(8);
    const [before, tensors] = [await subject.checkpoint(), tf.memory().numTensors];
    failing = true;
    await expect(subject.step(pieces)).rejects.toThrow('in piece 3');
    expect(await subject.checkpoint()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    failing = false;
    await subject.step(pieces);
    expect(running.dataSync()[0]).toBe(64);
  });

  test('a loss that is not finite in one piece is named', async () => {
    const bad = {
      ...objectives[1]!,
      loss: (batch: Batch) => {
        const loss = objectives[1]!.loss(batch) as tf.Tensor;
        return batch.from === 5 ? tf.mul(loss, Number.NaN) : loss;
      },
    };
    const subject = createTrainer<Batch>({
      objectives: [objectives[0]!, bad],
      combiner,
      optimizer: tf.train.sgd(1),
      variables,
    });
    const failure = await subject.step(cut(0, 5, EXAMPLES)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ objective: 'task 1' });
  });
});

test('independent batches may each be in pieces', async () => {
  const expected = await path({ combiner: crossing }, [
    [whole(0, 10), whole(10, 24)],
    [whole(3, 9), whole()],
  ]);
  const actual = await path({ combiner: crossing }, [
    [cut(0, 2, 7, 10), cut(10, 12, 24)],
    [whole(3, 9), cut(0, 23, 24)],
  ]);
  expectSame(actual, expected);
});

test('inner products may run over some of the variables', async () => {
  for (const combiner of [inverse, projecting]) {
    const expected = await path({ combiner, over: ['v0'] }, [[whole()], [whole()]]);
    const actual = await path({ combiner, over: ['v0'] }, [[cut(0, 7, EXAMPLES)], [cut(0, 5, 11, EXAMPLES)]]);
    expectSame(actual, expected);
  }
});

test.each(['all', 'shared'] as const)(
  'coefficients that are kept weigh all pieces, over %s',
  async (over) => {
    const options = { combiner: inverse, over, coefficients: { every: 2 } };
    const expected = await path(options, [[whole()], [whole(1, 22)], [whole()], [whole()]]);
    const steps: Step[] = [[cut(0, 7, 24)], [cut(1, 3, 22)], [cut(0, 20, 24)], [cut(0, 1, 2, 24)]];
    const actual = await path(options, steps);
    expectSame(actual, expected);
    expect(actual.reports.map(({ coefficientsFrom }) => coefficientsFrom)).toEqual([0, 0, 2, 2]);
  },
);

test('features of a representation are not known of a batch in pieces', async () => {
  const features = shared((batch: Batch) =>
    tf.matMul(tf.slice(x, batch.from, batch.to - batch.from), variables[0] as tf.Tensor2D),
  );
  const heads = [1, 2].map(
    (k): Objective<Batch> => ({
      name: `${k}`,
      priority: k,
      loss: (batch) => tf.mean(tf.mul(features(batch), k)),
    }),
  );
  const over = representation(features);
  const subject = createTrainer<Batch>({
    objectives: heads,
    combiner: inverse,
    over,
    variables: [variables[0]!],
  });
  const tensors = tf.memory().numTensors;
  await expect(subject.combineGradients(cut(0, 5, EXAMPLES))).rejects.toThrow('in pieces. Give it whole.');
  expect(tf.memory().numTensors).toBe(tensors);
});

describe('work', () => {
  /** Forward passes through each piece in the second step, of three pieces. */
  async function evaluations(options: Partial<TrainerOptions<Batch>>, absent = -1): Promise<number> {
    let count = 0;
    const counted = objectives.map(
      (one, k): Objective<Batch> => ({
        ...one,
        loss: (batch) => {
          if (k === 0) count++;
          return k === 1 && batch.from === absent ? null : one.loss(batch);
        },
      }),
    );
    const subject = createTrainer<Batch>({
      objectives: counted,
      combiner: half,
      optimizer: tf.train.sgd(0.1),
      variables,
      ...options,
    });
    await subject.step(cut(0, 5, 11, EXAMPLES));
    count = 0;
    await subject.step(cut(0, 5, 11, EXAMPLES));
    subject.dispose();
    return count / 3;
  }

  test('one pass; another where weights come from losses, or where fixed weights guessed wrong', async () => {
    const once = [half, inverse, projecting, perLayer(projecting), largest];
    for (const combiner of once) expect(await evaluations({ combiner })).toBe(1);
    for (const combiner of [byLoss, smoothed(byLoss)])
      expect(await evaluations({ combiner })).toBe(combiner === byLoss ? 2 : 1);
    expect(await evaluations({ combiner: looking })).toBe(3);
    expect(await evaluations({ combiner: inverse, coefficients: { every: 2 } })).toBe(1);
    expect(await evaluations({ combiner: half, diagnostics: { every: 1 } })).toBe(2);
    for (const absent of [0, 11]) {
      expect(await evaluations({ combiner: half }, absent)).toBe(2);
      expect(await evaluations({ combiner: inverse }, absent)).toBe(1);
    }
  });

  test('what is shared is computed once for each piece', async () => {
    let count = 0;
    const trunk = shared((batch: Batch) => {
      count++;
      return tf.mean(tf.matMul(tf.slice(x, batch.from, batch.to - batch.from), variables[0] as tf.Tensor2D));
    });
    const heads = [1, 2].map(
      (k): Objective<Batch> => ({ name: `${k}`, priority: k, loss: (batch) => tf.mul(trunk(batch), k) }),
    );
    await path({ objectives: heads, combiner: inverse }, [[cut(0, 5, 11, EXAMPLES)]]);
    expect(count).toBe(3);
  });
});

test('outputs come piece by piece, and live until the next step', async () => {
  const giving = {
    ...objectives[0]!,
    loss: (batch: Batch) => ({
      loss: objectives[0]!.loss(batch) as tf.Tensor,
      outputs: { seen: tf.slice(x, [batch.from, 0], [batch.to - batch.from, 1]) },
    }),
  };
  for (const combiner of kinds) {
    const subject = createTrainer<Batch>({
      objectives: [giving, objectives[1]!],
      combiner,
      optimizer: tf.train.sgd(0.1),
      variables,
    });
    const { outputs } = await subject.step(cut(0, 5, 11, EXAMPLES));
    const seen = outputs.map((one) => one['task 0']!.seen!);
    expect(seen.map(({ shape }) => shape[0])).toEqual([5, 6, 13]);
    expect(flat(seen)).toEqual(flat([tf.slice(x, [0, 0], [EXAMPLES, 1])]));
    await subject.step(whole());
    expect(seen.every(({ isDisposed }) => isDisposed)).toBe(true);
    subject.dispose();
  }
});

test('gradients that are streamed are refused, unless a single pass is made', async () => {
  const trainerOf = (combiner: GradientCombiner) =>
    createTrainer<Batch>({
      objectives,
      combiner,
      optimizer: tf.train.sgd(0.1),
      variables,
      gradients: 'streamed',
    });
  for (const combiner of [inverse, largest]) {
    const subject = trainerOf(combiner);
    const tensors = tf.memory().numTensors;
    await expect(subject.step(cut(0, 5, EXAMPLES))).rejects.toThrow(
      "gradients: 'streamed' takes no batch in pieces",
    );
    expect(tf.memory().numTensors).toBe(tensors);
  }
  for (const combiner of [half, byLoss])
    expect((await trainerOf(combiner).step(cut(0, 5, EXAMPLES))).updated).toBe(true);
});

test('an objective with one loss an example takes whole batches', async () => {
  const separate = { ...objectives[0]!, perExample: true };
  const subject = createTrainer<Batch>({
    objectives: [separate],
    combiner: inverse,
    optimizer: tf.train.sgd(0.1),
    variables,
  });
  await expect(subject.step(cut(0, 5, EXAMPLES))).rejects.toThrow(
    'Objective "task 0" is perExample: each of its examples has a gradient, and pieces would save no memory. Give whole batches.',
  );
});

test('a loss that is there in one pass and not in the next is an error', async () => {
  let calls = 0;
  const unsteady = {
    ...objectives[1]!,
    loss: (batch: Batch) => (calls++ === 3 ? null : objectives[1]!.loss(batch)),
  };
  const subject = createTrainer<Batch>({
    objectives: [objectives[0]!, unsteady],
    combiner: byLoss,
    optimizer: tf.train.sgd(0.1),
    variables,
  });
  const tensors = tf.memory().numTensors;
  await expect(subject.step(cut(0, 5, EXAMPLES))).rejects.toThrow(
    '"task 1" answered with a loss on this batch once and with null once',
  );
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a piece whose tensor has been disposed of is named', async () => {
  const objective: Objective<{ readonly x: tf.Tensor }> = {
    name: 'a',
    priority: 0,
    loss: (batch) => tf.mean(tf.mul(batch.x, variables[0]!)),
  };
  const subject = createTrainer({
    objectives: [objective],
    combiner: half,
    optimizer: tf.train.sgd(0.1),
    variables,
  });
  const batch = inPieces([{ x: tf.ones([4, 5]) }, { x: tf.ones([4, 5]) }]);
  tf.dispose(batch.pieces[1]!);
  await expect(subject.step(batch)).rejects.toThrow('The tensor batch.pieces[1].x has been disposed of.');
});

test('gradients for an optimizer of your own, and a checkpoint between steps in pieces', async () => {
  const options = { objectives, combiner: projecting, variables, seed: 7 };
  const giver = createTrainer<Batch>(options);
  const other = createTrainer<Batch>(options);
  const pieces = cut(0, 5, 11, EXAMPLES);
  tf.dispose((await giver.combineGradients(pieces)).gradients!);
  await other.restore(await giver.checkpoint());
  const [a, b] = [await giver.combineGradients(pieces), await other.combineGradients(pieces)];
  expect(flat(Object.values(a.gradients!))).toEqual(flat(Object.values(b.gradients!)));
  tf.dispose([a.gradients!, b.gradients!]);
  giver.dispose();
  other.dispose();
});
