import { startWasm } from '@scalpel/backends';
import { plugin as baselines } from '@scalpel/baselines';
import { createToolkit, executeRun } from '@scalpel/bench/sweep';
import { bloop, plugin as bloopPlugin } from '@scalpel/bloop';
import { checkOptions, createTrainer } from '@scalpel/core';
import { smoothMnist, plugin as tasks } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';

const toolkit = createToolkit(bloopPlugin, baselines, tasks);

beforeAll(() => startWasm());

async function run(task: string, taskOptions: object, combiner: string, combinerOptions: object) {
  const spec = {
    task: {
      id: task,
      version: 1,
      options: checkOptions(task, toolkit.task(task).options, taskOptions) as never,
    },
    combiner: {
      id: combiner,
      version: 1,
      options: checkOptions(combiner, toolkit.combiner(combiner).options, combinerOptions) as never,
    },
    backend: { id: 'wasm', version: 1 },
    seed: 0,
  };
  const { outcome } = await executeRun(spec, toolkit);
  if (outcome.state !== 'finished') throw new Error(`${outcome.state}: ${outcome.reason}`);
  return outcome.metrics as Record<string, number>;
}

test.each([0.01, 0.1, 1, 10])(
  'Bloop reaches the bilevel answer (0, 0) with lambda %f; mixing does not',
  async (lambda) => {
    const options = { rate: Math.min(0.5, 0.5 / lambda) };
    const own = await run('two-dimensional', options, 'bloop', { lambda });
    expect(own.distance).toBeLessThan(1e-4);
    // Mixing ends at (λ / (1 + λ), 0). A smaller λ ends closer, but then mixing moves ever more slowly along
    // b.
    const mixed = await run('two-dimensional', options, 'mixed', { lambda });
    expect(mixed.distance).toBeGreaterThan((0.9 * lambda) / (1 + lambda));
  },
);

test.each([
  [1, 1],
  [0.1, 1],
  [1, 0.1],
])('Bloop reaches the answer on three levels with lambda %f, %f', async (first, second) => {
  const { distance } = await run('three-levels', {}, 'bloop', { lambda: [first, second] });
  expect(distance).toBeLessThan(3e-4);
});

test('on noisy quadratics the average is what matters', async () => {
  const lambda = 0.1;
  const own = await run('quadratics', {}, 'bloop', { lambda });
  const mixed = await run('quadratics', {}, 'mixed', { lambda });
  const without = await run('quadratics', {}, 'bloop', { lambda, rho: 1, update: 'before' });
  const main = 'train/main';
  expect(own[main]! * 50).toBeLessThan(mixed[main]!);
  // Without it Bloop is hardly better than mixing, as the paper says.
  expect(without[main]! / mixed[main]!).toBeGreaterThan(0.8);
  // The auxiliary loss is higher than that of the exact solution, by less than a sixth.
  expect(own['train/auxiliary']! / own['exact/auxiliary']!).toBeLessThan(7 / 6);
});

test('training on MNIST resumed from a checkpoint equals training that never stopped, to the last bit', async () => {
  const create = async () => {
    const task = await smoothMnist({ epochs: 1, images: 2560 }, 3);
    const { objectives, variables, state, schedule, stepsPerEpoch } = task;
    const trainer = createTrainer({
      objectives,
      variables,
      combiner: bloop({ lambda: 0.5 }),
      optimizer: task.optimizer(),
      stepsPerEpoch,
      ...(state && { state }),
      ...(schedule && { schedule }),
    });
    const train = async (from: number, to: number) => {
      for (let step = from; step < to; step++) {
        const batch = task.batch(step);
        await trainer.step(batch);
        tf.dispose(batch);
      }
    };
    return { task, trainer, train };
  };
  const straight = await create();
  await straight.train(0, 5);
  const saved = await straight.trainer.checkpoint();
  await straight.train(5, 10);
  const expected = await straight.trainer.checkpoint();
  straight.trainer.dispose();
  straight.task.dispose();

  const resumed = await create();
  await resumed.trainer.restore(saved);
  await resumed.train(5, 10);
  expect(await resumed.trainer.checkpoint()).toEqual(expected);
  resumed.trainer.dispose();
  resumed.task.dispose();
});
