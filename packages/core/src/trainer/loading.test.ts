import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { looking, memory, moving, movingTrainer, running } from '../testing/moving-state.ts';
import { bias, half, kernel, largest, projecting, three } from '../testing/three-objectives.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TrainerOptions } from './options.ts';

afterEach(() => {
  vi.resetModules();
});

/** The module that each training needs beside what a page loads at first. */
const cases: Record<string, readonly [string, Partial<TrainerOptions<number>>]> = {
  'fixed weights': ['./special-directions.ts', { combiner: half }],
  'kept coefficients': [
    './special-directions.ts',
    {
      combiner: { ...projecting, remembers: () => 0, combine: () => ({ coefficients: [1, 0.5] }) },
      coefficients: { every: 2 },
    },
  ],
  'shared variables': ['./special-directions.ts', { over: 'shared' }],
  'selected variables': ['./special-directions.ts', { over: ({ name }) => name === kernel.name }],
  'single elements': ['../direction/element-answer.ts', { combiner: largest }],
  'streamed gradients': ['../direction/streamed-gradients.ts', { gradients: 'streamed' }],
  distances: ['../rows/distances.ts', { combiner: { ...projecting, distances: true } }],
  'losses after the step': ['./losses-after.ts', { combiner: looking }],
  diagnostics: ['./diagnose-step.ts', { combiner: half, diagnostics: { every: 1 } }],
};

describe('a first step whose code cannot be loaded changes nothing, and can be tried again', () => {
  test.each(Object.keys(cases))('%s', async (name) => {
    const [module, options] = cases[name]!;
    const run = async (fails: boolean): Promise<Checkpoint> => {
      kernel.assign(tf.ones([2, 3]));
      bias.assign(tf.ones([3]));
      running.assign(tf.scalar(1));
      const optimizer = tf.train.momentum(0.125, 0.5);
      const trainer = movingTrainer({ objectives: [moving, three[1]!], optimizer, ...options });
      const values = () => [kernel, bias, running].map((variable) => [...variable.dataSync()]);
      const [before, held] = [values(), memory()];
      if (fails) {
        vi.doMock(module, () => {
          throw new Error('no network');
        });
        await expect(trainer.step(1)).rejects.toThrow(
          /^The code for .* could not be loaded, so nothing was changed: .*Try again/s,
        );
        vi.doUnmock(module);
        expect(values()).toEqual(before);
        expect(memory()).toEqual(held);
        expect(trainer.steps).toBe(0);
      }
      for (const batch of [1, 0.5]) await trainer.step(batch);
      const saved = await trainer.checkpoint();
      optimizer.dispose();
      return saved;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test('a checkpoint', async () => {
    const trainer = movingTrainer({ optimizer: tf.train.sgd(0.125) });
    const start = await trainer.checkpoint();
    await trainer.step(1);
    const after = await trainer.checkpoint();
    vi.doMock('./restore.ts', () => {
      throw new Error('no network');
    });
    await expect(trainer.restore(start)).rejects.toThrow(/^The code for checkpoints could not be loaded/);
    vi.doUnmock('./restore.ts');
    expect(await trainer.checkpoint()).toEqual(after);
    await trainer.restore(start);
    expect(await trainer.checkpoint()).toEqual(start);
  });
});
