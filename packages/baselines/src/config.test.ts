import { createVectorEngine, normal, randomFrom } from '@scalpel/core';
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
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { type ConfigOptions, config } from './config.ts';
import { scaleError } from './testing/scales.ts';

const combine = (rows: readonly (Vector | null)[], options: ConfigOptions = {}) =>
  combineVectors(
    config(options),
    rows.map(() => 0),
    rows,
  );

const unit = (row: Vector) => row.map((x) => x / Math.hypot(...row));

/** (Σ ⟨gᵢ, û⟩) û */
const projectionsOn = (rows: readonly Vector[], axis: Vector) => {
  const length = rows.reduce((total, row) => total + dot(row, unit(axis)), 0);
  return unit(axis).map((x) => x * length);
};

test('independent gradients, of very different lengths: the same cosine to each, all of them positive', () => {
  for (const { name, rows } of matrixBank().filter(({ name }) => name.includes('normal'))) {
    const { direction } = combine(rows);
    const cosines = rows.map((row) => dot(unit(row), unit(direction)));
    for (const cosine of cosines) expect(Math.abs(cosine - cosines[0]!), name).toBeLessThan(1e-12);
    expect(cosines[0]!, name).toBeGreaterThan(0);
  }
});

test('its length is that of all projections on it together', () => {
  for (const { name, rows } of matrixBank()) {
    const { direction, coefficients } = combine(rows);
    if (Math.hypot(...coefficients) === 0) continue;
    const size = rows.reduce((total, row, i) => total + Math.abs(coefficients[i]!) * Math.hypot(...row), 0);
    const error = sum([1, direction], [-1, projectionsOn(rows, direction)]);
    expect(Math.hypot(...error), name).toBeLessThan(1e-11 * size);
  }
});

test('it agrees with solving the equations of the gradients themselves', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed);
    const count = 1 + (seed % 6);
    const rows = Array.from({ length: count }, () => {
      const scale = 10 ** (7 * random() - 3);
      return Array.from({ length: count }, () => scale * normal(random));
    });
    const axis = solve(new Matrix(rows.map(unit)), Matrix.ones(count, 1)).to1DArray();
    expect(relativeError(combine(rows).direction, projectionsOn(rows, axis))).toBeLessThan(1e-10);
  }
});

test('two gradients: the bisector', () => {
  for (const { name, rows } of matrixBank().filter(({ rows }) => rows.length === 2)) {
    if (rows.some((row) => Math.hypot(...row) === 0)) continue;
    const bisector = sum([1, unit(rows[0]!)], [1, unit(rows[1]!)]);
    if (Math.hypot(...bisector) < 1e-8) continue;
    expect(relativeError(combine(rows).direction, projectionsOn(rows, bisector)), name).toBeLessThan(1e-12);
  }
});

describe('dependent gradients: the pseudo-inverse', () => {
  test('a duplicate counts in the length only', () => {
    const [a, b] = [
      [3, 1],
      [-1, 2],
    ] as const;
    const expected = projectionsOn([a, b, a], combine([a, b]).direction);
    expect(relativeError(combine([a, b, a]).direction, expected)).toBeLessThan(1e-14);
  });

  test('more gradients than entries: the axis is that of least squares', () => {
    for (let seed = 0; seed < 20; seed++) {
      const rows = gradients(seed, 6, 3)();
      const { direction } = combine(rows);
      // Normal equations: Σ ûᵢ (1 − ⟨ûᵢ, u⟩) = 0.
      const units = rows.map(unit);
      const axis = unit(direction);
      const [linear, square] = [0, 1].map((power) =>
        sum(...units.map((row) => [dot(row, axis) ** power, row] as const)),
      ) as [number[], number[]];
      expect(Math.abs(Math.abs(dot(unit(linear), unit(square))) - 1)).toBeLessThan(1e-12);
    }
  });

  test('zero gradients take no part', () => {
    const { coefficients, direction } = combine([
      [0, 0],
      [3, 1],
      [-1, 2],
    ]);
    expect(coefficients[0]).toBe(0);
    expect(direction).toEqual(
      combine([
        [3, 1],
        [-1, 2],
      ]).direction,
    );
  });
});

test('no direction where the unit gradients add up to zero', () => {
  const triangle = [0, 1, 2].map((k) => [Math.cos((2 * Math.PI * k) / 3), Math.sin((2 * Math.PI * k) / 3)]);
  for (const rows of [
    [
      [1, -2],
      [-2, 4],
    ],
    [[0], [0]],
    triangle,
  ]) {
    const { coefficients, certificate } = combine(rows);
    expect(Math.hypot(...coefficients)).toBe(0);
    expect(certificate).toMatchObject({ solved: false, note: expect.stringMatching(/^No direction/) });
  }
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(config(), [0, 0, 0, 0])).toBeLessThan(1e-12);
  expect(scaleError(config({ momentum: {} }), [0, 0, 0, 0])).toBeLessThan(1e-12);
});

test('golden values', () => {
  const { coefficients, direction } = combine([
    [-4, 1, 1],
    [6, 1, 1],
  ]);
  for (const [i, x] of [1.2264831573, 0.8441236008].entries()) expect(coefficients[i]).toBeCloseTo(x, 9);
  for (const [i, x] of [0.1588089758, 2.0706067581, 2.0706067581].entries()) {
    expect(direction[i]).toBeCloseTo(x, 9);
  }
});

test('an absent objective is left out', () => {
  expect(combine([[1, 0], null, [0, 1]]).direction).toEqual(
    combine([
      [1, 0],
      [0, 1],
    ]).direction,
  );
});

describe('momentum', () => {
  const BETA = 0.8;

  /** The paper's first moments of two objectives on explicit vectors; a null row is absent. */
  function explicitMomentum() {
    const averages = [0, 1].map(() => ({ count: 0, vector: [0, 0, 0, 0] as number[] }));
    return (rows: readonly (Vector | null)[]) => {
      for (const [i, row] of rows.entries()) {
        if (!row) continue;
        averages[i]!.count++;
        averages[i]!.vector = sum([BETA, averages[i]!.vector], [1 - BETA, row]);
      }
      const corrected = averages
        .filter(({ count }) => count > 0)
        .map(({ count, vector }) => vector.map((x) => x / (1 - BETA ** count)));
      return projectionsOn(corrected, sum(...corrected.map((row) => [1, unit(row)] as const)));
    };
  }

  const engineOf = (optimizer: 'sgd' | 'adam') =>
    createVectorEngine({
      combiner: config({ momentum: { beta: BETA, optimizer } }),
      objectives: withPriorities(0, 0),
    });

  /** Both objectives, then one per step as in the paper, then both. */
  const draw = gradients(4, 2, 4);
  const steps = Array.from({ length: 12 }, (_, step) => {
    const rows = draw();
    return step > 1 && step < 9 ? rows.map((row, i) => (i === step % 2 ? row : null)) : rows;
  });
  const alternating = steps.map((rows, step) => rows.map((row, i) => (i === step % 2 ? row : null)));

  test('it is ConFIG of the bias-corrected averages; absent objectives take part with theirs', () => {
    for (const sequence of [steps, alternating]) {
      const engine = engineOf('sgd');
      const explicit = explicitMomentum();
      for (const rows of sequence) {
        expect(relativeError(engine.step({ batches: [rows] }).direction, explicit(rows))).toBeLessThan(1e-12);
      }
    }
  });

  test('for Adam: its first moment, corrected, is that direction, so its steps are those of the algorithm', () => {
    const [beta2, epsilon] = [0.95, 1e-8];
    for (const sequence of [steps, alternating]) {
      const engine = engineOf('adam');
      const explicit = explicitMomentum();
      let [m, v, previous, second] = [0, 1, 2, 3].map(() => [0, 0, 0, 0]) as [
        number[],
        number[],
        number[],
        number[],
      ];
      for (const [index, rows] of sequence.entries()) {
        const t = index + 1;
        // Adam with the combiner's direction as its gradient.
        const given = engine.step({ batches: [rows] }).direction;
        m = sum([BETA, m], [1 - BETA, given]);
        v = v.map((x, i) => beta2 * x + (1 - beta2) * given[i]! ** 2);
        const ours = m.map((x, i) => x / (1 - BETA ** t) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon));
        // The paper's algorithm: the estimated gradient is what the direction's own moment would have been
        // made of.
        const direction = explicit(rows);
        const moment = direction.map((x) => x * (1 - BETA ** t));
        const estimated = moment.map((x, i) => (x - BETA * previous[i]!) / (1 - BETA));
        previous = moment;
        second = second.map((x, i) => beta2 * x + (1 - beta2) * estimated[i]! ** 2);
        const theirs = direction.map((x, i) => x / (Math.sqrt(second[i]! / (1 - beta2 ** t)) + epsilon));
        expect(relativeError(ours, theirs)).toBeLessThan(1e-11);
      }
    }
  });

  test('beta 0 is ConFIG of the newest gradients', () => {
    const rows = draw();
    for (const optimizer of ['sgd', 'adam'] as const) {
      const { direction } = combineVectors(
        config({ momentum: { beta: 0, optimizer } }),
        [0, 0],
        draw(),
        rows,
      );
      expect(relativeError(direction, combine(rows).direction)).toBeLessThan(1e-12);
    }
  });

  test('its defaults are 0.9, to be taken as it is', () => {
    const sequence = [draw(), draw()];
    const { direction } = combineVectors(config({ momentum: {} }), [0, 0], ...sequence);
    const explicit = config({ momentum: { beta: 0.9, optimizer: 'sgd' } });
    expect(direction).toEqual(combineVectors(explicit, [0, 0], ...sequence).direction);
  });

  test('beta has to be below 1', () => {
    expect(() => config({ momentum: { beta: 1 } })).toThrow('config: option momentum.beta');
  });
});

describe('with a preference', () => {
  const preference = [3, 0.5, 1, 2, 0.1, 7];

  test('independent gradients: cosines in its proportions, and the length of the projections', () => {
    for (const { name, rows } of matrixBank().filter(({ name }) => name.includes('normal'))) {
      const own = preference.slice(0, rows.length);
      const { direction, certificate } = combine(rows, { preference: own });
      const ratios = rows.map((row, i) => dot(unit(row), unit(direction)) / own[i]!);
      for (const ratio of ratios) expect(ratio / ratios[0]!, name).toBeCloseTo(1, 10);
      expect(relativeError(direction, projectionsOn(rows, direction)), name).toBeLessThan(1e-11);
      expect(certificate!.solved, name).toBe(true);
    }
  });

  test('equal numbers, of any size, change nothing', () => {
    const rows = gradients(3, 3, 5)();
    for (const own of [1e-300, 1, 1e300]) {
      const { direction } = combine(rows, { preference: [own, own, own] });
      expect(relativeError(direction, combine(rows).direction)).toBeLessThan(1e-13);
    }
  });

  test('scaling a gradient scales the length alone', () => {
    const rows = gradients(5, 3, 5)();
    const scaled = rows.map((row, i) => row.map((x) => x * 10 ** (8 * i - 8)));
    const [a, b] = [rows, scaled].map((given) => unit(combine(given, { preference: [1, 2, 3] }).direction));
    expect(relativeError(a!, b!)).toBeLessThan(1e-12);
  });

  test('dependent gradients: the projection of the preference on what cosines there are', () => {
    // The cosines of two equal gradients are equal: the mean of their numbers.
    const rows = [
      [2, 0, 0],
      [5, 0, 0],
      [0, 1, 0],
    ];
    const { direction } = combine(rows, { preference: [1, 3, 2] });
    expect(unit(direction)[0]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(unit(direction)[1]).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test('with momentum, an objective that is absent keeps its number beside its average', () => {
    const combiner = () => config({ preference: [1, 2, 3], momentum: { beta: 0.5 } });
    const [first, second] = [gradients(6, 3, 5)(), gradients(7, 3, 5)()];
    const { direction } = combineVectors(combiner(), [0, 0, 0], first, [second[0]!, null, second[2]!]);
    // The averages without bias: e ← e / 2 + g / 2, divided by 1 − 1 / 2ⁿ.
    const averages = first.map((row, i) => (i === 1 ? row : sum([1 / 3, row], [2 / 3, second[i]!])));
    const expected = combine(averages, { preference: [1, 2, 3] }).direction;
    expect(relativeError(direction, expected)).toBeLessThan(1e-12);
  });

  test.each([
    [[1, 0], 'config: option preference'],
    [[1, 2, 3], 'config: preference has 3 numbers for 2 objectives.'],
  ])('%j is refused', (wrong, message) => {
    expect(() => combine([[1], [2]], { preference: wrong })).toThrow(message);
  });
});
