import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { RunSpec } from '../plan/spec.ts';
import { plugin } from '../testing/toy.ts';
import { walkingPlan, walkingToolkit } from '../testing/walk.ts';
import { createToolkit } from './create-toolkit.ts';
import { executeRun } from './run.ts';

const specOf = (options: Record<string, number | string>): RunSpec => walkingPlan({ options }).runs[0]!.spec;
const pathOf = async (options: Record<string, number | string>) => {
  const { path, outcome } = await executeRun(specOf(options), walkingToolkit);
  return { path: path!, outcome };
};

beforeAll(() => walkingToolkit.backend('cpu').start());
afterEach(() => tf.disposeVariables());

test('a short run notes every step, with the losses there', async () => {
  const { path, outcome } = await pathOf({ steps: 5 });
  expect(path.steps).toEqual([0, 1, 2, 3, 4, 5]);
  expect(Object.keys(path.losses)).toEqual(['main', 'side']);
  expect([path.positions.length, path.losses.main!.length, path.losses.side!.length]).toEqual([6, 6, 6]);
  if (outcome.state !== 'finished') throw new Error(outcome.reason);
  expect(path.losses.main!.at(-1)).toBe(Number(outcome.metrics['train/main']!.toPrecision(5)));
  expect(path.losses.main!.at(-1)).not.toBe(path.losses.main!.at(-2));
});

test('a long run notes a hundred, closer together at the beginning, the first and the last among them', async () => {
  const { path } = await pathOf({ steps: 1000 });
  expect(path.steps.length).toBeLessThanOrEqual(101);
  expect(path.steps.length).toBeGreaterThan(90);
  expect(path.steps.slice(0, 4)).toEqual([0, 1, 2, 3]);
  expect(path.steps.slice(-2)).toEqual([980, 1000]);
  expect(path.steps).toEqual(path.steps.toSorted((a, b) => a - b));
});

test('a run that goes on from a checkpoint has the path of one that never stopped', async () => {
  const saved: Uint8Array[] = [];
  const save = async (checkpoint: Uint8Array) => {
    saved.push(checkpoint);
  };
  const spec = specOf({ steps: 30 });
  const whole = await executeRun(spec, walkingToolkit, undefined, { from: null, every: 0, save });
  const never = { every: Number.POSITIVE_INFINITY, save };
  const rest = await executeRun(spec, walkingToolkit, undefined, { from: saved[11]!, ...never });
  expect(rest.path).toEqual(whole.path);
});

test('a run that fails or diverges notes how far it got, in finite numbers', async () => {
  const failed = await pathOf({ trouble: 'throw' });
  expect(failed.outcome.state).toBe('failed');
  expect(failed.path.steps).toEqual([0, 1, 2, 3, 4, 5]);
  const diverged = await pathOf({ steps: 200, rate: 1e6 });
  expect(diverged.outcome.state).toBe('diverged');
  expect(diverged.path.steps.length).toBeGreaterThan(1);
  expect([...diverged.path.positions.flat(), ...diverged.path.losses.main!].every(Number.isFinite)).toBe(
    true,
  );
});

test('a task that does not tell its position has no path', async () => {
  expect((await executeRun(specOf({}), createToolkit(plugin))).path).toBeUndefined();
});
