import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { GradientCombiner, GramianCombiner, LossCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { inPieces } from '../forward/pieces.ts';
import type { Objective } from '../objective.ts';
import { failAfter } from '../testing/failing-backend.ts';
import { bias, byLoss, half, largest, projecting, three, trainer } from '../testing/three-objectives.ts';
import type { TrainerOptions } from './options.ts';

// A backend may fail anywhere in a step, for example because its memory is full. Then the step changes
// nothing and leaves nothing behind.

// This runs on the cpu backend, whose calls for memory have these names.
beforeAll(() => tf.setBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

const looking: LossCombiner<number> = { ...byLoss, name: 'looking', after: ({ memory }) => memory + 1 };
const distant: GramianCombiner = {
  name: 'distant',
  needs: 'gramian',
  distances: true,
  combine: ({ rows }) => ({ coefficients: rows.map(() => 0.5) }),
};

const combiners: readonly GradientCombiner[] = [
  half,
  looking,
  projecting,
  perLayer(projecting),
  distant,
  largest,
];
/** Absent from the second piece. So fixed weights need another pass. */
const sometimes: Objective<number> = {
  name: 'sometimes',
  priority: 1,
  loss: (batch) => (batch === 0.25 ? null : tf.mul(tf.sum(tf.square(bias)), batch)),
};

type Case = readonly [string, string, GradientCombiner, Partial<TrainerOptions<number>>];
const pieces = { objectives: [...three, sometimes] };
const cases: readonly Case[] = [
  ...combiners.map((combiner): Case => [combiner.name, 'kept', combiner, {}]),
  ...[half, projecting, largest].map(
    (combiner): Case => [combiner.name, 'streamed', combiner, { gradients: 'streamed' }],
  ),
  ...combiners.map((combiner): Case => [combiner.name, 'added up from pieces', combiner, pieces]),
  ['distant', 'weighed by coefficients from before', distant, { coefficients: { every: 9 } }],
  ['distant', 'weighed so in pieces', distant, { ...pieces, coefficients: { every: 9 } }],
];

test.each(cases)('%s, gradients that are %s', async (_, __, combiner, options) => {
  const optimizer = tf.train.momentum(0.1, 0.5);
  const schedule = (step: number) => 0.1 / (step + 1);
  const subject = trainer({ combiner, optimizer, schedule, diagnostics: { every: 1 }, ...options });
  const batch = 'objectives' in options ? inPieces([0.5, 0.25], { sizes: [2, 1] }) : 0.5;
  await subject.step(1);
  const count = failAfter(Number.POSITIVE_INFINITY);
  await subject.step(batch);
  const calls = count();
  vi.restoreAllMocks();
  expect(calls).toBeGreaterThan(20);
  const before = await subject.checkpoint();
  // Buffers are not counted: TensorFlow.js's own kernels leave some behind when they fail.
  const { numTensors } = tf.memory();
  for (let call = 0; call < calls; call++) {
    failAfter(call);
    await expect(subject.step(batch)).rejects.toThrow('out of memory');
    vi.restoreAllMocks();
    expect(tf.memory(), `request ${call} of ${calls}`).toMatchObject({ numTensors });
    expect(await subject.checkpoint()).toEqual(before);
  }
  expect((await subject.step(batch)).updated).toBe(true);
});
