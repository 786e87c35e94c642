import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { GradientCombiner, GramianCombiner, LossCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { byLoss, half, largest, projecting, trainer } from '../testing/three-objectives.ts';

// A backend may fail anywhere in a step, for example because its memory is full. Then the step changes
// nothing and leaves nothing behind.

// This runs on the cpu backend, whose calls for memory have these names.
beforeAll(() => tf.setBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

/** Makes the backend fail once, after this many further calls for memory. Returns the number of calls. */
function failAfter(calls: number): () => number {
  const backend = tf.backend() as unknown as Record<
    'write' | 'makeTensorInfo',
    (...given: unknown[]) => unknown
  >;
  let asked = 0;
  for (const method of ['write', 'makeTensorInfo'] as const) {
    const original = backend[method];
    let isInside = false;
    vi.spyOn(backend, method).mockImplementation((...given) => {
      // One makes use of the other.
      if (!isInside && asked++ === calls) throw new Error('out of memory');
      isInside = true;
      try {
        return original.apply(backend, given);
      } finally {
        isInside = false;
      }
    });
  }
  return () => asked;
}

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
const cases = [
  ...combiners.map((combiner) => [combiner.name, 'kept', combiner] as const),
  ...[half, projecting, largest].map((combiner) => [combiner.name, 'streamed', combiner] as const),
];

test.each(cases)('%s, gradients that are %s', async (_, gradients, combiner) => {
  const optimizer = tf.train.momentum(0.1, 0.5);
  const schedule = (step: number) => 0.1 / (step + 1);
  const subject = trainer({ combiner, gradients, optimizer, schedule, diagnostics: { every: 1 } });
  await subject.step(1);
  const count = failAfter(Number.POSITIVE_INFINITY);
  await subject.step(0.5);
  const calls = count();
  vi.restoreAllMocks();
  expect(calls).toBeGreaterThan(20);
  const before = await subject.checkpoint();
  // Buffers are not counted: TensorFlow.js's own kernels leave some behind when they fail.
  const { numTensors } = tf.memory();
  for (let call = 0; call < calls; call++) {
    failAfter(call);
    await expect(subject.step(0.5)).rejects.toThrow('out of memory');
    vi.restoreAllMocks();
    expect(tf.memory(), `request ${call} of ${calls}`).toMatchObject({ numTensors });
    expect(await subject.checkpoint()).toEqual(before);
  }
  expect((await subject.step(0.5)).updated).toBe(true);
});
