import { startCpu, startWasm, startWebgl, startWebgpu } from '@scalpel/backends';
import { chooseBackend } from '@scalpel/backends/choose';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type Objective, randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';

const STEPS = 20;

/**
 * Bloop on a regression by a small network that should also have small weights. The sizes are large enough
 * that inner products are summed on the device.
 */
async function train(): Promise<{ losses: number[]; weights: number[] }> {
  const random = randomFrom(7);
  const normal = (shape: [number, number], scale: number) =>
    tf.tensor2d(
      Array.from({ length: shape[0] * shape[1] }, () => (2 * random() - 1) * scale),
      shape,
    );
  const variables = [normal([32, 200], 0.2), normal([200, 4], 0.1)].map((start) => {
    const variable = tf.variable(start);
    start.dispose();
    return variable;
  });
  const [hidden, output] = variables as tf.Variable<tf.Rank.R2>[];
  const [x, y] = [normal([16, 32], 1), normal([16, 4], 1)];
  const objectives: Objective[] = [
    {
      name: 'fit',
      priority: 0,
      loss: () => tf.losses.meanSquaredError(y, tf.matMul(tf.relu(tf.matMul(x, hidden!)), output!)),
    },
    {
      name: 'weights',
      priority: 1,
      loss: () => tf.add(tf.sum(tf.square(hidden!)), tf.sum(tf.square(output!))),
    },
  ];
  const optimizer = tf.train.sgd(0.05);
  const trainer = createTrainer({
    objectives,
    combiner: bloop({ lambda: 0.1, rho: 0.1 }),
    optimizer,
    variables,
    seed: 1,
  });
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) losses.push((await trainer.step()).losses.fit!);
  const weights = [...(await output!.data())];
  trainer.dispose();
  optimizer.dispose();
  tf.dispose([...variables, x, y]);
  return { losses, weights };
}

test.each([
  ['webgpu', startWebgpu],
  ['webgl', startWebgl],
  ['wasm', startWasm],
])('Bloop trains on %s in a browser as on the cpu backend, and leaves no tensor', async (name, start) => {
  await startCpu();
  const expected = await train();
  await start();
  expect(tf.getBackend()).toBe(name);
  const before = tf.memory().numTensors;
  const actual = await train();
  expect(tf.memory().numTensors).toBe(before);
  expect(actual.losses.at(-1)!).toBeLessThan(0.7 * actual.losses[0]!);
  for (const [i, loss] of actual.losses.entries())
    expect(Math.abs(loss - expected.losses[i]!)).toBeLessThan(1e-4);
  for (const [i, weight] of actual.weights.entries())
    expect(Math.abs(weight - expected.weights[i]!)).toBeLessThan(1e-4);
});

test('a browser takes wasm where WebGPU is emulated, and says why', async () => {
  const { backend, reason } = await chooseBackend('auto');
  expect(backend.id).toBe('wasm');
  expect(reason).toMatch(/webgpu \(.*emulated by the processor/);
  expect(tf.getBackend()).toBe('wasm');
});
