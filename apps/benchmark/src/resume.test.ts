import { startWasm } from '@scalpel/backends';
import { executeRun, planSuite, type RunSpec } from '@scalpel/bench';
import { defineSuite } from '@scalpel/bench/suite';
import { beforeAll, expect, test } from 'vitest';
import { loadToolkit } from './plugins.ts';

// Tasks with optimizers that remember, schedules and states of their own, and a combiner of each kind: remembered rows, memory, randomness, several batches, elements.
const tasks = {
  'smooth-mnist': { options: { epochs: 1, batch: 4096 }, axes: ['cross-entropy', 'smoothness'] },
  'fashion-and-digits': { options: { epochs: 2, batch: 8, images: 40 }, axes: ['clothing', 'digit'] },
  'language-model': {
    options: { layers: 1, width: 8, heads: 2, feedForward: 16, context: 8, batch: 4, steps: 12 },
    axes: ['speeches', 'novel'],
  },
} as const;
const combiners = ['bloop', 'famo', 'pcgrad', 'modo', 'graddrop'];

beforeAll(startWasm);

const cases = Object.keys(tasks).flatMap((task) =>
  combiners.map((combiner) => [task as keyof typeof tasks, combiner] as const),
);

test.each(cases)('%s with %s goes on from a checkpoint to the last bit', async (task, combiner) => {
  const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], []);
  const spec = specOf(task, combiner);
  const saved: Uint8Array[] = [];
  const save = async (checkpoint: Uint8Array) => {
    saved.push(checkpoint);
  };
  const whole = await executeRun(spec, toolkit, undefined, { from: null, every: 0, save });
  expect(whole.outcome.state).toBe('finished');
  const from = saved[Math.floor(saved.length / 2)]!;
  const rest = await executeRun(spec, toolkit, undefined, { from, every: Number.POSITIVE_INFINITY, save });
  expect(rest.outcome).toEqual(whole.outcome);

  function specOf(task: keyof typeof tasks, combiner: string): RunSpec {
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
});
