import { defineSuite, planSuite, type RunSpec } from '@scalpel/bench';
import { executeRun } from '@scalpel/bench/sweep';
import { expect } from 'vitest';
import { loadToolkit } from '../plugins.ts';

// Tasks with optimizers that have state, with schedules, and with states of their own.
const tasks = {
  'smooth-mnist': { options: { epochs: 1, batch: 4096 }, axes: ['cross-entropy', 'smoothness'] },
  'fashion-and-digits': { options: { epochs: 2, batch: 8, images: 40 }, axes: ['clothing', 'digit'] },
  'language-model': {
    options: { layers: 1, width: 8, heads: 2, feedForward: 16, context: 8, batch: 4, steps: 12 },
    axes: ['speeches', 'novel'],
  },
} as const;
export type Case = readonly [task: keyof typeof tasks, combiner: string];

export const tasksAndCombiners: readonly Case[] = (Object.keys(tasks) as Case[0][]).flatMap((task) =>
  // One combiner of each kind: with remembered rows, memory, random numbers, several batches, and elements.
  ['bloop', 'famo', 'pcgrad', 'modo', 'graddrop'].map((combiner) => [task, combiner] as const),
);

/**
 * Tests that a run resumed from its middle checkpoint ends exactly as a run without a stop, to the last bit.
 */
export async function expectResumed([task, combiner]: Case): Promise<void> {
  const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], []);
  const spec = specOf();
  const saved: Uint8Array[] = [];
  const save = async (checkpoint: Uint8Array) => {
    saved.push(checkpoint);
  };
  const whole = await executeRun(spec, toolkit, undefined, { from: null, every: 0, save });
  expect(whole.outcome.state).toBe('finished');
  const from = saved[Math.floor(saved.length / 2)]!;
  const rest = await executeRun(spec, toolkit, undefined, { from, every: Number.POSITIVE_INFINITY, save });
  expect(rest.outcome).toEqual(whole.outcome);

  function specOf(): RunSpec {
    const { options, axes } = tasks[task];
    const [x, y] = axes.map((objective) => ({ objective, reference: 100 }));
    const suite = defineSuite({
      id: 'resumed',
      title: 'Resumed',
      summary: 'One run.',
      entries: [{ task, options, seeds: [0], axes: [x!, y!], methods: [{ label: combiner, combiner }] }],
    });
    return planSuite(suite, toolkit, { backend: 'wasm' }).runs[0]!.spec;
  }
}
