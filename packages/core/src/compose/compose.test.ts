import { expect, test } from 'vitest';
import type { ConstantCombiner, ElementCombiner, GramianCombiner, LossCombiner } from '../combiner.ts';
import { randomFrom } from '../random.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { byLevel } from './by-level.ts';
import { clipped } from './clipped.ts';
import { perLayer } from './per-layer.ts';
import { smoothed } from './smoothed.ts';

const weighing = (...weights: number[]): ConstantCombiner => ({
  name: 'weighing',
  needs: 'nothing',
  weights: (rows) => rows.map((_, index) => weights[index]!),
});

/** d = Σ g + e, where e is remembered and e ← e/2 + Σ g/2. The memory counts the calls. */
const tracking: GramianCombiner<number> = {
  name: 'tracking',
  needs: 'gramian',
  remembers: () => 1,
  init: () => 0,
  combine: ({ rows, memory, gramian }) => {
    const tracked = Array.from({ length: gramian.size }, (_, i) => (i <= rows.length ? 0.5 : 0));
    return { coefficients: tracked.map((c) => 2 * c), remember: [tracked], memory: memory + 1 };
  },
};

const objectives = [
  { name: 'a', priority: 0 },
  { name: 'b', priority: 1 },
  { name: 'c', priority: 1 },
  { name: 'd', priority: 2 },
];

function matrix(seed: number): number[][] {
  const random = randomFrom(seed);
  return objectives.map(() => Array.from({ length: 5 }, () => random() - 0.5));
}

const plus = (...rows: (readonly number[])[]) => rows.reduce((a, b) => a.map((x, i) => x + b[i]!));
const times = (c: number, row: readonly number[]) => row.map((x) => c * x);
const close = (a: readonly number[], b: readonly number[]) => {
  for (const [i, x] of a.entries()) expect(x).toBeCloseTo(b[i]!, 12);
};

test('clipped keeps the direction and bounds its length', () => {
  const rows = matrix(1);
  const free = createVectorEngine({ combiner: tracking, objectives }).step({ batches: [rows] });
  const length = Math.hypot(...free.direction);
  for (const norm of [length / 3, length * 3]) {
    const engine = createVectorEngine({ combiner: clipped(tracking, { norm }), objectives });
    const { direction } = engine.step({ batches: [rows] });
    close(direction, times(Math.min(1, norm / length), free.direction));
  }
});

test('clipped bounds the length of a direction that nearly cancels, too', () => {
  const mean: GramianCombiner = {
    name: 'mean',
    needs: 'gramian',
    combine: ({ rows }) => ({ coefficients: rows.map(() => 1 / rows.length) }),
  };
  // Half of the difference of the last entries, of which inner products of 1e16 hold nothing.
  for (let last = 0; last < 20; last++) {
    const rows = [
      [1e8, 2.5 + last / 7, 0],
      [-1e8, 0, 1 + last / 3],
    ];
    const engine = createVectorEngine({
      combiner: clipped(mean, { norm: 0.5 }),
      objectives: objectives.slice(0, 2),
    });
    expect(Math.hypot(...engine.step({ batches: [rows] }).direction)).toBeLessThan(0.5 * 1.06);
  }
});

test('clipped leaves what is remembered alone', () => {
  const subject = createVectorEngine({ combiner: clipped(tracking, { norm: 1e-3 }), objectives });
  const free = createVectorEngine({ combiner: tracking, objectives });
  for (const seed of [1, 2, 3]) {
    const { direction } = subject.step({ batches: [matrix(seed)] });
    const expected = free.step({ batches: [matrix(seed)] }).direction;
    close(direction, times(1e-3 / Math.hypot(...expected), expected));
  }
});

test('smoothed averages coefficients from the first on, each objective for itself', () => {
  const byLoss: LossCombiner = {
    name: 'by-loss',
    needs: 'losses',
    combine: ({ losses }) => ({ weights: losses }),
  };
  const engine = createVectorEngine({ combiner: smoothed(byLoss, { decay: 0.75 }), objectives });
  const [a, b, c, d] = matrix(1);
  const at = (rows: (number[] | null)[], losses: number[]) =>
    engine.step({ batches: [rows], losses }).coefficients;
  expect(at([a!, b!, c!, d!], [1, 2, 3, 4])).toEqual([1, 2, 3, 4]);
  expect(at([a!, null, c!, d!], [5, 0, 3, 8])).toEqual([2, 3, 5]);
  expect(at([a!, b!, c!, d!], [2, 6, 3, 5])).toEqual([2, 3, 3, 5]);
});

test('byLevel combines within levels first, then across', () => {
  const combiner = byLevel({ within: weighing(10, 100), across: weighing(1, 2, 3) });
  const { coefficients } = createVectorEngine({ combiner, objectives }).step({ batches: [matrix(1)] });
  // `within` does not see levels of one objective.
  expect(coefficients).toEqual([1, 20, 200, 3]);
});

test('inner combiners of byLevel have remembered rows and memory of their own', () => {
  const combiner = byLevel({ within: tracking, across: tracking });
  const engine = createVectorEngine({ combiner, objectives });
  let inner: readonly number[] = times(0, matrix(1)[0]!);
  let outer = inner;
  for (const seed of [1, 2, 3, 4]) {
    const [a, b, c, d] = matrix(seed);
    // Written out on vectors: the level of b and c, then the levels.
    const level = plus(b!, c!, inner);
    inner = plus(times(0.5, inner), times(0.5, b!), times(0.5, c!));
    const expected = plus(a!, level, d!, outer);
    outer = times(0.5, expected);
    close(engine.step({ batches: [matrix(seed)] }).direction, expected);
  }
});

test('a level that is absent keeps its remembered rows', () => {
  const combiner = byLevel({ within: tracking, across: weighing(1, 1, 1) });
  const engine = createVectorEngine({ combiner, objectives });
  const first = matrix(1);
  engine.step({ batches: [first] });
  const kept = times(0.5, plus(first[1]!, first[2]!));
  const [a, , , d] = matrix(2);
  close(engine.step({ batches: [[a!, null, null, d!]] }).direction, plus(a!, d!));
  const [p, q, r, s] = matrix(3);
  close(engine.step({ batches: [[p!, q!, r!, s!]] }).direction, plus(p!, q!, r!, s!, kept));
});

test('what one inner combiner draws does not shift what another gets', () => {
  const drawing = (count: number): GramianCombiner => ({
    name: 'drawing',
    needs: 'gramian',
    combine: ({ rows, random }) => {
      for (let i = 1; i < count; i++) random();
      return { coefficients: rows.map(() => random()) };
    },
  });
  const across = (within: number) => {
    const combiner = byLevel({ within: drawing(within), across: drawing(1) });
    return createVectorEngine({ combiner, objectives, seed: 3 }).step({ batches: [matrix(1)] })
      .coefficients[0];
  };
  expect(across(5)).toBe(across(1));
});

test('perLayer groups variables by the path of their names', () => {
  const names = ['a/b/kernel', 'a/b/bias', 'a/c/kernel', 'alone', 'other'];
  expect(perLayer(tracking).groups?.(names)).toEqual([0, 0, 1, 2, 3]);
});

test.each([
  ['coefficients that are 1 numbers for 3 rows', { coefficients: [1] }],
  ['remember[0] that are 1 numbers for 3 rows', { coefficients: [1, 1, 1], remember: [[1]] }],
  [
    '2 rows to remember',
    {
      coefficients: [1, 1, 1],
      remember: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    },
  ],
  ['0 rows to remember', { coefficients: [1, 1, 1], remember: [] }],
])('an inner combiner that answers with %s is stopped by its name', (what, answer) => {
  const wrong: GramianCombiner = {
    name: 'wrong',
    needs: 'gramian',
    remembers: () => 1,
    combine: () => answer,
  };
  const pair = [objectives[0]!, objectives[1]!];
  const equal = pair.map((objective) => ({ ...objective, priority: 0 }));
  const [a, b] = matrix(1);
  for (const [combiner, placed] of [
    [wrong, pair],
    [byLevel({ within: wrong, across: weighing(1) }), equal],
    [byLevel({ within: weighing(1, 1), across: wrong }), pair],
  ] as const) {
    const engine = createVectorEngine({ combiner, objectives: placed });
    expect(() => engine.step({ batches: [[a!, b!]] })).toThrow(`wrong answered with ${what}`);
  }
});

test('a combiner made from a class composes too', () => {
  class Tracking implements GramianCombiner<number> {
    readonly name = 'tracking';
    readonly needs = 'gramian';
    readonly #half = 0.5;
    remembers() {
      return 1;
    }
    init() {
      return 0;
    }
    combine(step: Parameters<typeof tracking.combine>[0]) {
      return this.#half > 0 ? tracking.combine(step) : { coefficients: [] };
    }
  }
  const run = (combiner: GramianCombiner<number>) => {
    const engine = createVectorEngine({ combiner: clipped(combiner, { norm: 1 }), objectives });
    return [1, 2].map((seed) => engine.step({ batches: [matrix(seed)] }).direction);
  };
  expect(run(new Tracking())).toEqual(run(tracking));
});

test('what cannot be composed is refused with a way out', () => {
  const elements: ElementCombiner = {
    name: 'elements',
    needs: 'elements',
    element: () => 0,
    combine: () => null as never,
  };
  const looking: LossCombiner = {
    name: 'looking',
    needs: 'losses',
    combine: ({ losses }) => ({ weights: losses }),
    after: () => null,
  };
  expect(() => clipped(elements, { norm: 1 })).toThrow(/elements looks at single elements.*Use it alone/);
  expect(() => clipped(perLayer(tracking), { norm: 1 })).toThrow(
    'put perLayer or perGroup outermost, as in perLayer(clipped(…))',
  );
  expect(() => byLevel({ within: looking, across: tracking })).toThrow(
    /looks at the losses again after the step/,
  );
  expect(() => byLevel({ within: tracking, across: { ...tracking, batches: 2 } })).toThrow(
    /several batches a step/,
  );
  expect(() => clipped(tracking, { norm: 0 })).toThrow('clipped: option norm: it is 0, but must be > 0');
  expect(() => smoothed(tracking, { decay: 1 })).toThrow('smoothed: option decay: it is 1, but must be < 1');
});
