import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import { looking } from '../testing/moving-state.ts';
import {
  bias,
  flat,
  gradientsByHand,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
  variables,
} from '../testing/three-objectives.ts';
import { weightedSum } from '../testing/vectors.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { createTrainer } from '../trainer/trainer.ts';

/** Coefficients that are different in every step, and zero for the last row. */
const inverse: GramianCombiner = {
  name: 'inverse',
  needs: 'gramian',
  combine: ({ gramian, rows, step }) => ({
    coefficients: rows.map((_, i) => (i === 2 ? 0 : (1 + step) / gramian.at(i, i))),
    certificate: { solved: true, residual: 0 },
  }),
};
const coefficients = { every: 3 };
const giver = (options: Partial<TrainerOptions<number>> = {}) =>
  createTrainer<number>({ objectives: three, combiner: inverse, variables, coefficients, ...options });
const expectNear = (actual: readonly number[], expected: readonly number[]) => {
  const size = Math.hypot(...expected);
  expect(Math.hypot(...actual.map((x, i) => x - expected[i]!))).toBeLessThan(1e-6 * size);
};

describe('between the steps that compute coefficients', () => {
  test('the latest ones weigh the gradients of the step, and the report says from where they are', async () => {
    const kept = giver();
    const usual = giver({ coefficients: { every: 1 } });
    let latest: readonly number[] = [];
    for (const [step, batch] of [0.5, 2, 1, 4, 0.25, 3, 1].entries()) {
      const [a, b] = [await kept.combineGradients(batch), await usual.combineGradients(batch)];
      const isNew = step % 3 === 0;
      if (isNew) latest = b.report.coefficients;
      expectNear(flat(a.gradients), weightedSum(latest, gradientsByHand(values(), batch)));
      expect(a.report.coefficientsFrom).toBe(step - (step % 3));
      expect(b.report.coefficientsFrom).toBe(step);
      expect(a.report.losses).toEqual(b.report.losses);
      for (const [i, c] of a.report.coefficients.entries()) expect(c).toBeCloseTo(latest[i]!, 12);
      const { certificate, cosines, lengths, worsened, distanceToStationarity } = a.report;
      for (const one of [certificate, cosines, lengths, worsened, distanceToStationarity])
        if (isNew) expect(one).not.toBeNull();
        else expect(one).toBeNull();
      tf.dispose([a.gradients!, b.gradients!]);
    }
  });

  test('there is one backward pass, and no tensor is left', async () => {
    let passes = 0;
    const counted = tf.customGrad((x) => ({
      value: tf.sum(x as tf.Tensor),
      gradFunc: () => {
        passes++;
        return tf.ones((x as tf.Tensor).shape);
      },
    }));
    const trunk = tf.variable(tf.scalar(1));
    const objectives = [1, 2, 3].map(
      (factor): Objective<number> => ({
        name: `times ${factor}`,
        priority: 0,
        loss: (batch) => tf.mul(counted(trunk), factor * batch),
      }),
    );
    const subject = giver({ objectives, variables: [trunk], gradients: 'streamed' });
    const made = [];
    for (const batch of [1, 2, 3, 4]) {
      const tensors = tf.memory().numTensors;
      tf.dispose((await subject.combineGradients(batch)).gradients!);
      made.push(passes);
      passes = 0;
      expect(tf.memory().numTensors).toBe(tensors);
    }
    // Streamed gradients need one pass more where coefficients are computed. Each loss has a node of its own.
    expect(made).toEqual([5, 2, 2, 5]);
  });

  test('other weights of objectives count at once', async () => {
    const objective = { ...three[0]!, weight: 1 };
    const subject = giver({ objectives: [objective, three[1]!] });
    const first = await subject.combineGradients(1);
    objective.weight = 8;
    const second = await subject.combineGradients(1);
    expect(second.report.coefficients[0]).toBeCloseTo(8 * first.report.coefficients[0]!, 12);
    expectNear(flat(second.gradients), weightedSum(second.report.coefficients, gradientsByHand(values(), 1)));
  });

  test('an objective that is absent is left out, and one without a coefficient asks for new ones', async () => {
    const sometimes = three.map(
      (one, k): Objective<number> => ({
        ...one,
        loss: (batch) => (batch === k + 2 ? null : one.loss(batch)),
      }),
    );
    const subject = giver({ objectives: sometimes, coefficients: { every: 100 } });
    const seen = [];
    for (const batch of [2, 2, 3, 1, 4]) {
      const { gradients, report } = await subject.combineGradients(batch);
      seen.push([report.rows.map(({ objective }) => objective).join(), report.coefficientsFrom]);
      const list = three.map(({ name }) => {
        const row = report.rows.findIndex(({ objective }) => objective === name);
        return report.coefficients[row] ?? 0;
      });
      expectNear(flat(gradients), weightedSum(list, gradientsByHand(values(), batch)));
    }
    expect(seen).toEqual([
      ['second,third', 0],
      ['second,third', 0],
      ['first,third', 2],
      ['first,second,third', 3],
      ['first,second', 3],
    ]);
  });

  test('steps without an objective keep them', async () => {
    const objectives = [{ ...three[0]!, loss: (batch: number) => (batch ? three[0]!.loss(batch) : null) }];
    const subject = giver({ objectives });
    const from = [];
    for (const batch of [0, 1, 0, 0, 1])
      from.push((await subject.combineGradients(batch)).report.coefficientsFrom);
    expect(from).toEqual([null, 1, null, null, 1]);
  });

  test("with over: 'shared', a private variable has the gradient of its objective, whatever its coefficient", async () => {
    const objectives: Objective<number>[] = [
      { name: 'a', priority: 0, loss: (batch) => tf.mul(tf.sum(tf.square(kernel)), batch / 2) },
      { name: 'b', priority: 0, loss: (batch) => tf.mul(tf.sum(kernel), batch) },
      {
        name: 'c',
        priority: 0,
        weight: 2,
        loss: (batch) => tf.mul(tf.add(tf.sum(kernel), tf.sum(tf.square(bias))), batch),
      },
    ];
    const subject = giver({ objectives, over: 'shared' });
    tf.dispose((await subject.combineGradients(1)).gradients!);
    const tensors = tf.memory().numTensors;
    const { gradients, report } = await subject.combineGradients(3);
    expect(report).toMatchObject({ coefficientsFrom: 0 });
    const [a, b, c] = report.coefficients as [number, number, number];
    expect(c).toBe(0);
    const theta = values();
    expectNear(
      flat(gradients),
      theta.map((x, i) => (i < 6 ? 3 * (a * x + b + c) : 12 * x)),
    );
    tf.dispose(gradients!);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a gradient that is not finite is named, and nothing is left', async () => {
    const wild = tf.customGrad((x) => ({
      value: tf.sum(x as tf.Tensor),
      gradFunc: () => tf.fill((x as tf.Tensor).shape, isWild ? Number.NaN : 1),
    }));
    let isWild = false;
    const subject = trainer({
      objectives: [three[0]!, { name: 'wild', priority: 0, loss: () => wild(bias) }],
      combiner: inverse,
      coefficients,
    });
    await subject.step(1);
    isWild = true;
    const [before, tensors] = [values(), tf.memory().numTensors];
    const failure = await subject.step(1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ objective: 'wild', variable: 'layer2/bias' });
    expect(values()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    isWild = false;
    expect((await subject.step(1)).coefficientsFrom).toBe(0);
  });
});

test.each(['all', 'shared'] as const)(
  'training goes on from a checkpoint bit for bit, over %s',
  async (over) => {
    const objectives = [...three, { name: 'alone', priority: 5, loss: () => tf.sum(tf.square(kernel)) }];
    const options = { objectives, combiner: smoothed(inverse, { decay: 0.5 }), over, coefficients };
    const start = values();
    const run = async (stops: boolean) => {
      tf.tidy(() => {
        kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
        bias.assign(tf.tensor1d(start.slice(6)));
      });
      let subject = trainer(options);
      for (const batch of [0.5, 0.25, 0.75, 0.5, 0.125]) {
        if (stops) {
          const { memory, coefficients: latest, ...rest } = await subject.checkpoint();
          subject = trainer(options);
          await subject.restore({ ...rest, ...JSON.parse(JSON.stringify({ memory, coefficients: latest })) });
        }
        await subject.step(batch);
      }
      return [values(), await subject.checkpoint()];
    };
    expect(await run(true)).toEqual(await run(false));
  },
);

test('a checkpoint from before, or of a trainer that keeps none, is taken: the next step computes them', async () => {
  const { coefficients: none, ...saved } = await trainer({ combiner: inverse }).checkpoint();
  expect(none).toBeUndefined();
  const subject = trainer({ combiner: inverse, coefficients });
  await subject.step(1);
  await subject.restore({ ...saved, step: 2 });
  expect((await subject.step(1)).coefficientsFrom).toBe(2);
  const own = await subject.checkpoint();
  const other = trainer({ combiner: inverse });
  await other.restore(own);
  expect((await other.step(1)).coefficientsFrom).toBe(3);
});

test.each([
  [{ step: 0.5, rows: [] }, 'coefficients.step: it is 0.5'],
  [{ step: 0 }, 'coefficients.rows: it is undefined, but must be a list'],
  [{ step: 0, rows: [3] }, 'coefficients.rows.0: it is 3, but must be an object'],
  [
    { step: 0, rows: [{ objective: 'first', batch: 0, coefficient: Number.NaN }] },
    'coefficients.rows.0.coefficient: it is NaN, but must be a finite number',
  ],
])('a checkpoint with damaged coefficients is refused: %o', async (damaged, message) => {
  const subject = trainer({ combiner: inverse, coefficients });
  const saved = await subject.checkpoint();
  await expect(subject.restore({ ...saved, coefficients: damaged as never })).rejects.toThrow(message);
});

test.each<[GradientCombiner, string]>([
  [half, 'half computes none from inner products'],
  [largest, 'largest computes none from inner products'],
  [projecting, 'projecting remembers gradients, and needs those of each step'],
  [perLayer(inverse), 'perLayer(inverse) has other coefficients for each group of variables'],
  [smoothed(looking), 'smoothed(looking) looks at the losses after each step'],
])('%o is refused', (combiner, reason) => {
  expect(() => trainer({ combiner, coefficients })).toThrow(
    `option coefficients.every: the combiner ${reason}`,
  );
});
