import '@tensorflow/tfjs';
import type { Evaluation, Task, TaskDefinition } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { RunSpec } from '../plan/spec.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { createToolkit } from './create-toolkit.ts';
import { executeRun, type RunResult } from './run.ts';

// Learning curves and early stopping: both evaluate a task along its training.

type Create = (options: never, seed: number) => Task;

/** The toy task with validation data, which `validated` may change. */
function toolkitWith(validated: (evaluation: Evaluation, call: number) => Evaluation) {
  const [definition] = plugin.tasks!;
  const create = (options: never, seed: number): Task => {
    const task = (definition!.create as Create)(options, seed);
    let calls = 0;
    const evaluate = async () => {
      const found = await task.evaluate();
      return validated({ ...found, validation: { main: found.train.main! + 1, side: 5 } }, calls++);
    };
    return { ...task, evaluate };
  };
  return createToolkit({ ...plugin, tasks: [{ ...definition!, create } as TaskDefinition] });
}

const toolkit = toolkitWith((evaluation) => evaluation);
const specOf = (changes: Partial<RunSpec>, options = {}): RunSpec => ({
  ...planSuite(toySuite({ options: { steps: 40, ...options } }), toolkit, { backend: 'cpu' }).runs[0]!.spec,
  ...changes,
});
const metricsOf = ({ outcome }: RunResult) => {
  if (outcome.state !== 'finished') throw new Error(outcome.reason);
  return outcome.metrics;
};

beforeAll(() => toolkit.backend('cpu').start());
afterEach(() => tf.disposeVariables());

/** A run from its beginning with a checkpoint after each step, and the rest of it from one of them. */
async function interrupted(spec: RunSpec, bench: typeof toolkit, at: number) {
  const saved: Uint8Array[] = [];
  const save = async (checkpoint: Uint8Array) => void saved.push(checkpoint);
  const whole = await executeRun(spec, bench, undefined, { from: null, every: 0, save });
  const never = { every: Number.POSITIVE_INFINITY, save };
  return { whole, rest: await executeRun(spec, bench, undefined, { from: saved[at]!, ...never }) };
}

describe('a learning curve', () => {
  test('has its points evenly over the run, on training and validation data', async () => {
    const result = await executeRun(specOf({ curve: 8 }), toolkit);
    const { steps, seconds, values } = result.curve!;
    expect(steps).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
    expect(Object.keys(values).sort()).toEqual([
      'norm',
      'train/main',
      'train/side',
      'validation/main',
      'validation/side',
    ]);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.at(-1)).toBeCloseTo(result.seconds, 1);
    expect(values['train/main']!.at(-1)).toBe(Number(metricsOf(result)['train/main']!.toPrecision(5)));
  });

  test('does not change the result, to the bit', async () => {
    const [without, dense] = [
      await executeRun(specOf({}), toolkit),
      await executeRun(specOf({ curve: 40 }), toolkit),
    ];
    expect(dense.outcome).toEqual(without.outcome);
    expect(without.curve).toBeUndefined();
    expect(dense.curve!.steps).toHaveLength(41);
  });

  test('goes on from a checkpoint', async () => {
    const { whole, rest } = await interrupted(specOf({ curve: 8 }), toolkit, 22);
    expect({ ...rest.curve, seconds: [] }).toEqual({ ...whole.curve, seconds: [] });
    expect(rest.weights).toEqual(whole.weights);
    expect(rest.outcome).toEqual(whole.outcome);
  });

  test('of a run that diverges ends at its last finite point', async () => {
    const { outcome, curve } = await executeRun(specOf({ curve: 40 }, { steps: 400, rate: 1e6 }), toolkit);
    expect(outcome.state).toBe('diverged');
    expect(Object.values(curve!.values).flat().every(Number.isFinite)).toBe(true);
  });
});

describe('early stopping', () => {
  /** The main validation loss at each evaluation falls up to this one, and then rises. */
  const turning = (lowest: number) =>
    toolkitWith((evaluation, call) => ({
      ...evaluation,
      validation: { main: Math.abs(call - lowest), side: 0 },
    }));

  test('ends after so many evaluations in a row that are no better, and goes back to the best', async () => {
    // Sixteen evaluations after the start, every tenth step; the calls begin at step 10.
    const spec = specOf({ patience: 3 }, { steps: 160 });
    const result = await executeRun(spec, turning(4));
    expect(result.cost!.steps).toBe(80);
    // The best is that of call 4, after 50 steps.
    const short = await executeRun(specOf({}, { steps: 50 }), toolkit);
    expect(metricsOf(result)['train/main']).toBe(metricsOf(short)['train/main']);
  });

  test('does not change a run that gets better up to its end', async () => {
    const spec = specOf({ patience: 1 }, { steps: 160 });
    const stopped = await executeRun(spec, turning(1000));
    const whole = await executeRun(specOf({}, { steps: 160 }), toolkit);
    expect(stopped.cost!.steps).toBe(160);
    expect(metricsOf(stopped)['train/main']).toBe(metricsOf(whole)['train/main']);
  });

  test('goes on from a checkpoint', async () => {
    const falling = toolkitWith((evaluation) => ({
      ...evaluation,
      // Lowest where the weights are nearest to 0.6.
      validation: { main: Math.abs(evaluation.metrics!.norm! - 0.6), side: 0 },
    }));
    const { whole, rest } = await interrupted(specOf({ patience: 2 }, { steps: 160 }), falling, 14);
    expect(rest.outcome).toEqual(whole.outcome);
    expect(rest.cost!.steps).toBe(whole.cost!.steps);
    expect(whole.cost!.steps).toBeLessThan(160);
  });

  test('needs validation data', async () => {
    const { outcome } = await executeRun(specOf({ patience: 2 }), createToolkit(plugin));
    expect(outcome).toEqual({
      state: 'failed',
      reason: expect.stringMatching(
        /needs validation data, but the task has none of "main"\. .* `validation`/,
      ),
    });
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { warning } = await executeRun(specOf({ patience: 2, curve: 4 }, { steps: 160 }), turning(4));
    expect(warning).toBeUndefined();
    expect(tf.memory().numTensors).toBe(before);
  });
});
