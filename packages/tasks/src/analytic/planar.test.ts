import { checkOptions, randomFrom, type Task, type TaskDefinition } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { plugin } from '../index.ts';
import { gradientOf, slope, trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { distanceToLine } from './pareto.ts';

type Loss = (point: readonly number[]) => number;
type Plane = readonly [number, number];

// The losses are written out as in their papers, in the plane.
function form(centre: number, angle: number, across: number, along: number): Loss {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => {
    const [u, v] = [(x! - centre) * cos + y! * sin, y! * cos - (x! - centre) * sin];
    return across * u ** 2 + along * v ** 2;
  };
}

const relu = (x: number) => Math.max(x, 0);
const valleys = (x1: number, x2: number) =>
  [
    Math.log(Math.max(Math.abs(0.5 * (-x1 - 7) - Math.tanh(-x2)), 5e-6)) + 6,
    Math.log(Math.max(Math.abs(0.5 * (-x1 + 3) + Math.tanh(-x2) + 2), 5e-6)) + 6,
  ] as const;
const bowl = (x1: number, x2: number) => ((-x1 + 7) ** 2 + 0.1 * (-x2 - 8) ** 2) / 10 - 20;
const bell =
  (sign: number): Loss =>
  ([x, y]) =>
    1 - Math.exp(-((x! - sign / Math.SQRT2) ** 2) - (y! - sign / Math.SQRT2) ** 2);

const problems: Readonly<Record<string, readonly [Loss, Loss]>> = {
  'elementwise-quadratic': [([x]) => x! ** 2, ([, y]) => y! ** 2],
  'convex-quadratic-form': [form(1, Math.PI / 16, 1, 0.01), form(-1, -Math.PI / 16, 3, 0.01)],
  'fonseca-fleming': [bell(1), bell(-1)],
  'cagrad-toy': [
    ([x, y]) => relu(Math.tanh(y! / 2)) * valleys(x!, y!)[0] + relu(Math.tanh(-y! / 2)) * bowl(x!, y!),
    ([x, y]) => relu(Math.tanh(y! / 2)) * valleys(x!, y!)[1] + relu(Math.tanh(-y! / 2)) * bowl(-x!, y!),
  ],
  'two-dimensional': [([a]) => a! ** 2 / 2, ([a, b]) => ((a! - 1) ** 2 + b! ** 2) / 2],
};

const definitionOf = (id: string): TaskDefinition => plugin.tasks!.find((task) => task.id === id)!;
const create = (id: string, options: object = {}, seed = 0) =>
  definitionOf(id).create(options as never, seed) as Task<number>;
const landscapeOf = (id: string, options: object = {}) =>
  definitionOf(id).landscape!(checkOptions(id, definitionOf(id).options, options) as never);

/** Points all over the map, the same in every run. */
function pointsOf(id: string, count: number): Plane[] {
  const random = randomFrom(7);
  return Array.from({ length: count }, () => {
    const [x, y] = landscapeOf(id).bounds.map(([from, to]) => from + (to - from) * random());
    return [x!, y!];
  });
}

describe.each(Object.entries(problems))('%s', (id, formulas) => {
  test('losses, gradients, landscape and evaluation are those of the formulas', async () => {
    const task = create(id);
    const [theta] = task.variables as [tf.Variable];
    expect(task.objectives.map(({ name }) => name)).toEqual(definitionOf(id).objectives);
    for (const point of pointsOf(id, 20)) {
      tf.tidy(() => theta.assign(tf.tensor1d([...point])));
      const at = (await task.position!()) as unknown as Plane;
      expect(at.map((x, axis) => Math.abs(x - point[axis]!) < 1e-6)).toEqual([true, true]);
      const { train } = await task.evaluate();
      const drawn = landscapeOf(id).losses(at);
      for (const [index, objective] of task.objectives.entries()) {
        const value = formulas[index]!(at);
        const scale = 1 + Math.abs(value);
        expect(drawn[objective.name]).toBe(train[objective.name]);
        expect(Math.abs(train[objective.name]! - value)).toBeLessThan(1e-12 * scale);
        const trained = tf.tidy(() => (objective.loss(0) as tf.Tensor).dataSync()[0]!);
        expect(Math.abs(trained - value)).toBeLessThan(1e-5 * scale);
        for (const [axis, slopeThere] of gradientOf(objective, 0, theta).entries()) {
          const expected = slope(formulas[index]!, at, [1 - axis, axis], 1e-6);
          expect(Math.abs(slopeThere - expected)).toBeLessThan(1e-4 * (1 + Math.abs(expected)));
        }
      }
    }
    task.dispose();
  });

  test('no point of the map is better than a point of the Pareto set in both losses', () => {
    const { paretoSet } = landscapeOf(id);
    const [first, second] = formulas;
    for (const best of paretoSet!.filter((_, index) => index % 10 === 0)) {
      const [a, b] = [first(best), second(best)];
      // All over the map, and a little way off.
      const others = pointsOf(id, 300).flatMap((point, index): Plane[] => {
        const angle = (2 * Math.PI * index) / 300;
        const radius = 0.3 / (1 + (index % 7)) ** 2;
        return [point, [best[0] + radius * Math.cos(angle), best[1] + radius * Math.sin(angle)]];
      });
      const better = others.filter((other) => a - first(other) > 1e-6 && b - second(other) > 1e-6);
      expect(better).toEqual([]);
    }
  });

  test('the Pareto set begins where the first loss is least and the second is least among those, and ends with the second', () => {
    const paretoSet = landscapeOf(id).paretoSet!;
    const [first, second] = formulas;
    for (const point of pointsOf(id, 300)) {
      expect(first(paretoSet[0]!)).toBeLessThanOrEqual(first(point) + 1e-9);
      expect(second(paretoSet.at(-1)!)).toBeLessThanOrEqual(second(point) + 1e-9);
    }
  });
});

const starting = Object.keys(problems).filter((id) => id !== 'two-dimensional');

test.each(starting)(
  '%s begins at the seed’s start, and is as far from the Pareto set as it says',
  async (id) => {
    const starts: Plane[] = [
      [0.5, -0.25],
      [1, 1.5],
    ];
    for (const seed of [0, 1, 2, 3]) {
      const task = create(id, { starts }, seed);
      expect(await task.position!()).toEqual(starts[seed % 2]);
      const { metrics } = await task.evaluate();
      expect(metrics).toEqual({ distance: expect.any(Number) });
      const set = landscapeOf(id).paretoSet!;
      const nearest = Math.min(
        ...set.map(([x, y]) => Math.hypot(x - starts[seed % 2]![0], y - starts[seed % 2]![1])),
      );
      // The distance is to the line between points at most 0.1 apart, not to the points.
      expect(metrics!.distance).toBeLessThanOrEqual(nearest + 1e-12);
      expect(metrics!.distance).toBeGreaterThan(nearest - 0.01);
      task.dispose();
    }
    expect(() => create(id, { starts: [] })).toThrow(new RegExp(`${id}: option starts: `));
  },
);

test('the distance to a line is that to the nearest of its segments, ends included', () => {
  const line: Plane[] = [
    [0, 0],
    [2, 0],
    [2, 1],
  ];
  expect(distanceToLine(line, [1, -3])).toBe(3);
  expect(distanceToLine(line, [5, 5])).toBe(5);
  expect(distanceToLine(line, [-3, 4])).toBe(5);
  expect(distanceToLine(line, [1.75, 0.5])).toBe(0.25);
  expect(distanceToLine([[1, 1]], [4, 5])).toBe(5);
});

describe('what is published of', () => {
  test('the CAGrad toy: ends and middle of the Pareto set', () => {
    const { paretoSet, losses } = landscapeOf('cagrad-toy');
    const [from, middle, to] = [paretoSet![0]!, paretoSet![100]!, paretoSet!.at(-1)!];
    expect([from[0], middle[0], to[0]]).toEqual([7, 0, -7]);
    expect(from[1]).toBeCloseTo(-8.43446, 5);
    expect(middle[1]).toBeCloseTo(-8.35511, 5);
    expect(to[1]).toBe(from[1]);
    expect(losses(from).first).toBeCloseTo(-19.98943, 5);
    expect(losses(middle).first).toBeCloseTo(-15.09164, 5);
    expect(losses(middle).second).toBe(losses(middle).first);
  });

  test('the CAGrad toy with a scale: only the first loss changes', () => {
    const [plain, scaled] = [{}, { scale: 0.1 }].map((options) => landscapeOf('cagrad-toy', options));
    for (const point of pointsOf('cagrad-toy', 20)) {
      expect(scaled!.losses(point).first).toBeCloseTo(plain!.losses(point).first! / 10, 12);
      expect(scaled!.losses(point).second).toBe(plain!.losses(point).second);
    }
    expect(scaled!.paretoSet).toEqual(plain!.paretoSet);
  });

  test('Fonseca–Fleming: the front (1 − e^−(t−1)², 1 − e^−(t+1)²)', () => {
    const { paretoSet, losses } = landscapeOf('fonseca-fleming');
    for (const [index, point] of paretoSet!.entries()) {
      const t = 1 - (2 * index) / (paretoSet!.length - 1);
      expect(losses(point).first).toBeCloseTo(1 - Math.exp(-((t - 1) ** 2)), 12);
      expect(losses(point).second).toBeCloseTo(1 - Math.exp(-((t + 1) ** 2)), 12);
    }
    expect(losses(paretoSet![0]!).second).toBeCloseTo(0.981684, 6);
  });

  test('the convex quadratic form: at each point of the Pareto set the gradients point against each other', () => {
    const { paretoSet } = landscapeOf('convex-quadratic-form');
    const gradient = (loss: Loss, at: Plane) => [
      slope(loss, at, [1, 0], 1e-3),
      slope(loss, at, [0, 1], 1e-3),
    ];
    for (const point of paretoSet!.slice(1, -1)) {
      const [[a, b], [c, d]] = problems['convex-quadratic-form']!.map((loss) => gradient(loss, point)) as [
        [number, number],
        [number, number],
      ];
      const lengths = Math.hypot(a, b) * Math.hypot(c, d);
      expect((a * c + b * d) / lengths).toBeCloseTo(-1, 8);
    }
  });
});

test.each([0, 3])(
  'a sum of Fonseca and Fleming’s losses leads from start %d to an end of the Pareto set',
  async (seed) => {
    const task = create('fonseca-fleming', { steps: 1000 }, seed);
    const optimizer = task.optimizer();
    const trainer = trainerOf(task, weighing(1, 1), optimizer);
    await trainSteps(task, trainer, 0, task.steps);
    const [x, y] = await task.position!();
    // Where one bell's slope meets that of the other's tail: a little inside the end, and far from the
    // middle.
    expect(Math.abs(x!)).toBeGreaterThan(0.6);
    expect(y).toBeCloseTo(x!, 3);
    trainer.dispose();
    optimizer.dispose();
    task.dispose();
  },
);
