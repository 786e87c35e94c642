import { createVectorEngine } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { mgda } from './mgda.ts';
import { moco } from './moco.ts';
import { ExplicitWeights } from './testing/simplex-steps.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);

test('trackers and weights are those of explicit vectors, with objectives absent now and then', () => {
  for (const { beta, gamma, rho } of [
    { beta: 0.5, gamma: 0.1, rho: 0 },
    { beta: 0.2, gamma: 0.3, rho: 0.7 },
    { beta: 1, gamma: 10, rho: 0.1 },
  ]) {
    const engine = createVectorEngine({
      combiner: moco({ beta, gamma, rho }),
      objectives: withPriorities(0, 0, 1),
    });
    const next = gradients(1, 3, 5);
    const weights = new ExplicitWeights(3);
    const trackers: Vector[] = [zeros(5), zeros(5), zeros(5)];
    for (const absent of [[], [], [1], [], [0, 2], [2], [], []] as readonly number[][]) {
      const rows = next().map((row, i) => (absent.includes(i) ? null : row));
      const present = [0, 1, 2].filter((i) => !absent.includes(i));
      for (const i of present) trackers[i] = sum([1 - beta, trackers[i]!], [beta, rows[i]!]);
      const old = weights.of(present);
      const shortest = sum(...present.map((i, k) => [old[k]!, trackers[i]!] as const));
      const used = weights.project(
        present,
        old.map((w, k) => w - gamma * (dot(trackers[present[k]!]!, shortest) + rho * w)),
      );
      const expected = sum(...present.map((i, k) => [used[k]!, trackers[i]!] as const));
      expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-13);
    }
  }
});

test('on gradients that stay the weights become those of MGDA', () => {
  for (const { name, rows, stationary } of matrixBank()) {
    if (!name.endsWith('× 1') || stationary !== 'none' || rows.length > 3) continue;
    const steps = new Array<typeof rows>(3000).fill(rows);
    const none = zeros(rows.length);
    const { direction } = combineVectors(moco({ beta: 1, gamma: 0.03 }), none, ...steps);
    expect(relativeError(direction, combineVectors(mgda(), none, rows).direction), name).toBeLessThan(1e-6);
  }
});

test('weights that do not move give the mean of the trackers', () => {
  const rows = gradients(2, 4, 6)();
  const { direction } = combineVectors(moco({ beta: 0.25, gamma: 0 }), zeros(4), rows);
  expect(relativeError(direction, sum(...rows.map((row) => [1 / 16, row] as const)))).toBeLessThan(1e-14);
});

test('options out of their range are refused', () => {
  expect(() => moco({ beta: 0 })).toThrow('moco: option beta');
  expect(() => moco({ gamma: -1 })).toThrow('moco: option gamma');
});
