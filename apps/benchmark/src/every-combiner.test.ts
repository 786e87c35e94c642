import { startCpu, startWasm } from '@scalpel/backends';
import { plugin as baselines } from '@scalpel/baselines';
import { createToolkit } from '@scalpel/bench/toolkit';
import { plugin as bloop } from '@scalpel/bloop';
import { createTrainer, createVectorEngine, type GradientCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';

const toolkit = createToolkit(bloop, baselines);

/** Every method as it comes, and those with options that make them remember more. */
const variants: readonly (readonly [string, object])[] = [
  ...toolkit.combiners.map(({ id }) => [id, {}] as const),
  ['bloop', { update: 'before', initial: 'first', along: 'batch' }],
  ['bloop', { rho: 1, update: 'before' }],
  ['pcgrad', { lambda: 0.5, average: { rho: 0.1 } }],
  ['dynamic-barrier', { lambda: 0.5, average: { rho: 0.1 } }],
];

describe.each([
  ['wasm', startWasm],
  ['cpu', startCpu],
])('on %s', (_, start) => {
  test.each(variants)(
    '100 steps of %s %j leak no tensor, and go where the float64 engine goes',
    async (id, options) => {
      await start();
      const combiner: GradientCombiner = toolkit.combiner(id).create(options as never);
      const rows = [0, 1].map((seed) => tf.randomNormal([300], 0, 1, 'float32', seed + 1) as tf.Tensor1D);
      const theta = tf.variable(tf.zeros([300]), true);
      // Linear losses: the gradient of objective k on batch s is s · row k.
      const objectives = rows.map((row, k) => ({
        name: `objective ${k}`,
        priority: k,
        loss: (scale: number) => tf.mul(tf.sum(tf.mul(theta, row)), scale) as tf.Scalar,
      }));
      const optimizer = tf.train.sgd(1);
      const trainer = createTrainer<number>({ objectives, combiner, optimizer, variables: [theta], seed: 5 });
      const engine = createVectorEngine({ combiner, objectives, seed: 5 });
      const vectors = rows.map((row) => [...row.dataSync()]);
      let expected = new Array<number>(300).fill(0);
      let tensors = 0;
      for (let step = 0; step < 100; step++) {
        const scale = 1 + (step % 3) / 4;
        await trainer.step(scale);
        const { direction } = engine.step({ batches: [vectors.map((row) => row.map((x) => x * scale))] });
        expected = expected.map((x, i) => x - direction[i]!);
        if (step === 0) tensors = tf.memory().numTensors;
      }
      expect(tf.memory().numTensors).toBe(tensors);
      const length = Math.hypot(...expected);
      const difference = Math.hypot(...theta.dataSync().map((x, i) => x - expected[i]!));
      expect(difference / length).toBeLessThan(1e-4);
      trainer.dispose();
      optimizer.dispose();
      tf.dispose([theta, ...rows]);
    },
  );
});
