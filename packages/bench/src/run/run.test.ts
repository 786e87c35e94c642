import { deserialize, serialize } from 'node:v8';
import '@tensorflow/tfjs';
import type { Checkpoint, Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { RunSpec } from '../plan/spec.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { createToolkit } from './create-toolkit.ts';
import { executeRun } from './run.ts';

const toolkit = createToolkit(plugin);
const specOf = (options: Record<string, number | string> = {}): RunSpec =>
  planSuite(toySuite({ options }), toolkit, { backend: 'cpu' }).runs[0]!.spec;

beforeAll(() => toolkit.backend('cpu').start());
afterEach(() => tf.disposeVariables());

test('trains, evaluates by name, and leaves nothing behind', async () => {
  const before = tf.memory().numTensors;
  const { outcome, seconds, cost } = await executeRun(specOf({ steps: 200 }), toolkit);
  if (outcome.state !== 'finished') throw new Error(outcome.reason);
  expect(Object.keys(outcome.metrics).sort()).toEqual([
    'norm',
    'test/main',
    'test/side',
    'train/main',
    'train/side',
  ]);
  // For lambda 0.1 the weighted mean of the centres is near 1/11. The mean of the noise, 1/2, is added.
  expect(outcome.metrics['train/main']).toBeCloseTo((3 * (1 / 11 + 1 / 2) ** 2) / 2, 0);
  expect(seconds).toBeGreaterThan(0);
  expect(cost).toEqual({ steps: 200, peakBytes: expect.any(Number) });
  expect(cost!.peakBytes).toBeGreaterThan(0);
  expect(tf.memory().numTensors).toBe(before);
});

test('the same spec gives the same metrics to the last bit, another seed others', async () => {
  const spec = specOf();
  const [first, second, other] = [
    await executeRun(spec, toolkit),
    await executeRun(spec, toolkit),
    await executeRun({ ...spec, seed: 7 }, toolkit),
  ];
  expect(second.outcome).toEqual(first.outcome);
  expect(other.outcome).not.toEqual(first.outcome);
});

test('a combiner is given the defaults that a key leaves out', async () => {
  const [combiner] = plugin.combiners!;
  let given: unknown;
  const bench = createToolkit({
    ...plugin,
    combiners: [
      {
        ...combiner!,
        laterDefaults: { mode: 'old', lambda: 5 },
        create: (options: never) => {
          given = options;
          return combiner!.create(options);
        },
      },
    ],
  });
  await executeRun(specOf(), bench);
  expect(given).toEqual({ mode: 'old', lambda: 0.1 });
});

test('a rate multiplies that of the schedule, which the task must have', async () => {
  const [definition] = plugin.tasks!;
  const create = definition!.create as (options: { rate: number }, seed: number) => Task;
  const scheduled = createToolkit({
    ...plugin,
    tasks: [
      {
        ...definition!,
        create: (options: { rate: number }, seed) => ({
          ...create(options, seed),
          schedule: () => options.rate,
        }),
      },
    ],
  });
  const outcome = async (spec: RunSpec, bench = toolkit) => (await executeRun(spec, bench)).outcome;
  const halved = await outcome({ ...specOf(), rate: 0.5 }, scheduled);
  expect(halved).toEqual(await outcome(specOf({ rate: 0.05 })));
  expect(halved).not.toEqual(await outcome(specOf()));
  expect(await outcome({ ...specOf(), rate: 0.5 })).toEqual({
    state: 'failed',
    reason: expect.stringMatching(/has no schedule .* leave out `rate` in the suite/),
  });
});

test('lets other work happen and says how far it is', async () => {
  const seen: number[] = [];
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  await executeRun(specOf({ steps: 60, pause: 10 }), toolkit, ({ step, steps }) => {
    expect(steps).toBe(60);
    seen.push(step);
  });
  clearInterval(timer);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(ticks).toBeGreaterThan(0);
});

test('that goes on from a checkpoint ends as if it had never stopped, to the last bit', async () => {
  const spec = specOf({ steps: 60 });
  const whole = await executeRun(spec, toolkit);
  const saved: Uint8Array[] = [];
  const save = async (checkpoint: Uint8Array) => {
    saved.push(checkpoint);
  };
  const watched = await executeRun(spec, toolkit, undefined, { from: null, every: 0, save });
  expect(saved).toHaveLength(60);
  expect(watched.outcome).toEqual(whole.outcome);
  const before = tf.memory().numTensors;
  for (const stopped of [1, 37, 60]) {
    const later: Uint8Array[] = [];
    const rest = await executeRun(spec, toolkit, undefined, {
      from: saved[stopped - 1]!,
      every: 0,
      save: async (checkpoint) => {
        later.push(checkpoint);
      },
    });
    expect(later).toHaveLength(60 - stopped);
    expect(rest.outcome).toEqual(whole.outcome);
    expect(rest.cost!.steps).toBe(60);
    expect(rest.seconds).toBeGreaterThan(0);
  }
  expect(tf.memory().numTensors).toBe(before);
});

describe('a run whose checkpoint is damaged begins anew and says so, and nothing is thrown or left behind:', () => {
  const whole = async () => {
    let last = new Uint8Array();
    const save = async (bytes: Uint8Array) => {
      last = Uint8Array.from(bytes);
    };
    await executeRun(specOf({ steps: 3 }), toolkit, undefined, { from: null, every: 0, save });
    return last;
  };
  const changed = (change: Record<string, unknown>) => (bytes: Uint8Array) =>
    serialize({ ...(deserialize(bytes) as object), ...change });
  const changedTrainer = (change: (trainer: Checkpoint) => object) => (bytes: Uint8Array) => {
    const { trainer } = deserialize(bytes) as { trainer: Checkpoint };
    return changed({ trainer: { ...trainer, ...change(trainer) } })(bytes);
  };
  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['no bytes', () => new Uint8Array()],
    ['other bytes', () => Uint8Array.from([1, 2, 3])],
    ['half of the bytes', (bytes) => bytes.slice(0, bytes.length / 2)],
    ['null', () => serialize(null)],
    ['an empty object', () => serialize({})],
    ['no cost', changed({ cost: undefined })],
    ['a cost that is text', changed({ cost: 'much' })],
    ['no points', changed({ points: null })],
    ['points without losses', changed({ points: [{ step: 0, position: [1] }] })],
    ['seconds that are no number', changed({ seconds: Number.NaN })],
    ['no trainer', changed({ trainer: null })],
    ['a trainer of something else', changed({ trainer: { format: 1 } })],
    [
      'other variables',
      changedTrainer(({ variables }) => ({ variables: { other: Object.values(variables)[0] } })),
    ],
    [
      'another optimizer',
      changedTrainer(({ optimizer }) => ({ optimizer: { ...optimizer, scalars: { m: 1 } } })),
    ],
  ])('%s', async (_, damage) => {
    const from = damage(await whole());
    const before = tf.memory().numTensors;
    const { outcome, path, warning } = await executeRun(specOf(), toolkit, undefined, {
      from,
      every: 0,
      save: async () => {},
    });
    const anew = await executeRun(specOf(), toolkit);
    expect({ outcome, path }).toEqual({ outcome: anew.outcome, path: anew.path });
    expect(warning).toMatch(
      /^What was saved of the run of task "toy" with combiner "\w+", seed \d+, could not be gone on from \(.+\), so it began anew\.$/s,
    );
    // Advice for the owner of a trainer.
    expect(warning).not.toMatch(/Create the trainer|Restore an earlier/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([
  [undefined, 'threw what is no Error: undefined'],
  [{ code: 7 }, 'threw what is no Error: { code: 7 }'],
  ['the data is gone', "threw what is no Error: 'the data is gone'"],
  [new TypeError(), 'threw a TypeError that says nothing'],
])('that throws %o has a reason', async (thrown, reason) => {
  const throwing = createToolkit({
    ...plugin,
    tasks: [
      {
        ...plugin.tasks![0]!,
        create: () => {
          throw thrown;
        },
      },
    ],
  });
  const { outcome } = await executeRun(specOf(), throwing);
  expect(outcome).toEqual({ state: 'failed', reason });
});

test.each([
  [0, 20],
  [Number.POSITIVE_INFINITY, 0],
])('with %d ms between checkpoints, %i are saved in twenty steps', async (every, count) => {
  let saved = 0;
  const save = async () => {
    saved++;
  };
  await executeRun(specOf({ steps: 20 }), toolkit, undefined, { from: null, every, save });
  expect(saved).toBe(count);
});

/** The toy plugin with a changed task. */
function toolkitWith(change: (task: Task) => object) {
  const [definition] = plugin.tasks!;
  const create = definition!.create as (options: object, seed: number) => Task;
  const changed = (options: object, seed: number) => {
    const task = create(options, seed);
    return { ...task, ...change(task) } as Task;
  };
  return createToolkit({ ...plugin, tasks: [{ ...definition!, create: changed }] });
}

describe('a run that leaves tensors behind stands, with a warning', () => {
  test('that names the variables, which do not stand in the way of the next run', async () => {
    const before = tf.memory().numTensors;
    for (let time = 0; time < 2; time++) {
      const { outcome, warning } = await executeRun(specOf({ trouble: 'leak' }), toolkit);
      expect(outcome.state).toBe('finished');
      expect(warning).toContain(
        'A run of task "toy" with combiner "weighted" left 1 tensor behind (variables toy/at',
      );
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  const parts: readonly (readonly [string, number, (task: Task) => object])[] = [
    [
      'making the task, such as',
      1,
      () => {
        tf.scalar(0);
        return {};
      },
    ],
    [
      'training',
      3,
      () => ({
        batch: () => {
          tf.scalar(0);
          return tf.scalar(1);
        },
      }),
    ],
    [
      'evaluating',
      1,
      ({ evaluate }) => ({
        evaluate: () => {
          tf.scalar(0);
          return evaluate();
        },
      }),
    ],
  ];

  test.each(parts)('that says they come from %s', async (part, count, change) => {
    const { outcome, warning } = await executeRun(specOf({ steps: 3 }), toolkitWith(change));
    expect(outcome.state).toBe('finished');
    expect(warning).toMatch(new RegExp(`left ${count} tensors? behind \\((?:${count} )?from ${part}`));
  });

  test('and one that leaves nothing has none', async () => {
    expect(await executeRun(specOf(), toolkit)).not.toHaveProperty('warning');
  });
});

describe('what goes wrong is an outcome', () => {
  test('a loss that runs away has diverged, at its step', async () => {
    const before = tf.memory().numTensors;
    const { outcome } = await executeRun(specOf({ steps: 200, rate: 1e6 }), toolkit);
    expect(outcome).toMatchObject({
      state: 'diverged',
      reason: expect.stringContaining('main is not finite'),
    });
    expect((outcome as { step: number }).step).toBeGreaterThan(1);
    expect((outcome as { step: number }).step).toBeLessThan(30);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a value that is not finite after the last step has diverged too', async () => {
    expect((await executeRun(specOf({ trouble: 'late' }), toolkit)).outcome).toEqual({
      state: 'diverged',
      step: 20,
      reason: 'train/main is NaN after the last step',
    });
  });

  test('a task that throws has failed, and says why', async () => {
    const before = tf.memory().numTensors;
    const { outcome } = await executeRun(specOf({ trouble: 'throw' }), toolkit);
    expect(outcome).toEqual({ state: 'failed', reason: 'the data is gone' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    ['steps', Number.NaN, 'steps must be a whole number from 1, but is NaN'],
    ['steps', -5, 'steps must be a whole number from 1, but is -5'],
    ['steps', 0, 'steps must be a whole number from 1, but is 0'],
    ['stepsPerEpoch', 0.5, 'stepsPerEpoch must be a whole number from 1, but is 0.5'],
    ['variables', [], 'variables must hold a variable'],
    ['variables', [{}], 'variables.0 must be a tf.Variable'],
    ['objectives', 'main', 'objectives must be a list, but is "main"'],
    ['evaluate', undefined, 'evaluate must be a function, but is undefined'],
    ['evaluate', async () => undefined, 'what evaluate returns: it must be an object, but is undefined'],
    [
      'evaluate',
      async () => ({ train: { main: 0, side: 0 }, metrics: { norm: 'large' } }),
      'what evaluate returns: metrics.norm must be a number, but is "large"',
    ],
    [
      'evaluate',
      async () => ({ train: { main: null, side: 0 } }),
      'train.main must be a number, but is null',
    ],
    ['evaluate', async () => ({ train: { main: 0 } }), 'train has no value for "side"'],
  ])('a task whose %s is %s has failed, and the message says so', async (field, value, reason) => {
    const { outcome } = await executeRun(
      specOf(),
      toolkitWith(() => ({ [field]: value })),
    );
    expect(outcome).toEqual({ state: 'failed', reason: expect.stringContaining(`Task "toy": `) });
    expect((outcome as { reason: string }).reason).toContain(reason);
  });

  test('a task that is not there has failed', async () => {
    const spec = specOf();
    const { outcome } = await executeRun({ ...spec, task: { ...spec.task, id: 'toi' } }, toolkit);
    expect(outcome).toEqual({ state: 'failed', reason: expect.stringContaining('Did you mean "toy"?') });
  });
});

test('a combiner of several batches gets its own ones each step', async () => {
  const seen: number[] = [];
  const spy = createToolkit({
    ...plugin,
    combiners: [
      {
        ...plugin.combiners![0]!,
        create: () => ({
          name: 'two',
          needs: 'gramian',
          batches: 2,
          combine: ({ rows }) => ({ coefficients: rows.map(() => 0.5) }),
        }),
      },
    ],
    tasks: [
      {
        ...plugin.tasks![0]!,
        create: async (options, seed) => {
          const task = await plugin.tasks![0]!.create(options, seed);
          return {
            ...task,
            batch: (step) => {
              seen.push(step);
              return task.batch(step);
            },
          };
        },
      },
    ],
  });
  expect((await executeRun(specOf({ steps: 3 }), spy)).outcome.state).toBe('finished');
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});
