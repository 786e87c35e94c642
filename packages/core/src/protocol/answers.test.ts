import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, LossCombiner } from '../combiner.ts';
import { byLevel } from '../compose/by-level.ts';
import { clipped } from '../compose/clipped.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import {
  byLoss,
  gradientsByHand,
  half,
  largest,
  projecting,
  three,
  trainer,
  values,
} from '../testing/three-objectives.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';

/** A combiner with a wrong method. */
const broken = (combiner: GradientCombiner, parts: object) => ({ ...combiner, ...parts }) as GradientCombiner;

/**
 * A step in training and one of the float64 engine; both refuse it, and training has changed nothing and left
 * nothing.
 */
async function expectRefusal(combiner: GradientCombiner, message: string | RegExp): Promise<void> {
  const before = values();
  const subject = trainer({ combiner });
  const tensors = tf.memory().numTensors;
  await expect(subject.step(1)).rejects.toThrow(message);
  expect(values()).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  const engine = createVectorEngine({ combiner, objectives: three });
  const losses = [1, 2, 3];
  const step = { batches: [gradientsByHand(before, 1)], losses, lossesAfter: losses };
  expect(() => engine.step(step)).toThrow(message);
}

describe('an answer that does not fit the rows is refused by the name of its combiner', () => {
  test.each([
    [{ coefficients: [1] }, /projecting answered with coefficients that are 1 numbers for 4 rows/],
    [{ coefficients: [1, Number.NaN, 0, 0] }, /coefficients that are not finite: number 1 is NaN/],
    [{ coefficients: ['1', 0, 0, 0] }, /coefficients that are not finite: number 0 is "1"/],
    [{ coefficients: [1, 1, 1, 0], remember: [[], []] }, /remember\[0\] that are 0 numbers/],
    [{ coefficients: [1, 1, 1, 0], remember: [] }, /0 rows to remember, but remembers\(setup\) says 1/],
    [{ coefficients: [1, 1, 1, 0], remember: {} }, /an object rows to remember/],
    [{ coefficients: [1, 1, 1, 0], remember: [7] }, /remember\[0\] that are 7 instead of a list/],
    [{}, /coefficients that are undefined instead of a list/],
    [undefined, /projecting answered with undefined instead of { coefficients }. Mend its combine\(\)/],
    [[1, 1, 1, 0], /coefficients that are undefined instead of a list/],
  ])('%j', async (answer, message) => {
    const combiner = broken(projecting, { combine: () => answer });
    await expectRefusal(combiner, message);
    for (const inner of [
      clipped(combiner, { norm: 1 }),
      smoothed(combiner),
      byLevel({ within: combiner, across: half }),
    ]) {
      const objectives = three.map((objective) => ({ ...objective, priority: 0 }));
      const engine = createVectorEngine({ combiner: inner, objectives });
      expect(() => engine.step({ batches: [gradientsByHand(values(), 1)] })).toThrow(message);
    }
    const layers = trainer({ combiner: perLayer(combiner) });
    await expect(layers.step(1)).rejects.toThrow(/perLayer\(projecting\) answered with/);
  });

  test.each([
    [
      'weights',
      broken(half, { name: 'few', weights: () => [1] }),
      /few answered with weights that are 1 numbers for 3 rows/,
    ],
    [
      'no weights',
      broken(half, { weights: () => undefined }),
      /half answered with weights that are undefined/,
    ],
    [
      'weights of losses',
      broken(byLoss, { combine: () => ({ weights: [1, 2] }) }),
      /by-loss answered with weights that are 2/,
    ],
    [
      'nothing for losses',
      broken(byLoss, { combine: () => null }),
      /by-loss answered with null instead of { weights }/,
    ],
  ])('%s', (_, combiner, message) => expectRefusal(combiner, message));

  test.each([
    [
      'too few elements',
      tf.zeros([2]),
      /largest must answer with a float32 tensor of 6 elements for "layer1\/kernel"/,
    ],
    ['whole numbers', tf.zeros([6], 'int32'), /but answered with a tensor of int32 and shape \[6\]/],
    ['a list', [0, 0], /but answered with a list/],
  ])('elements: %s', async (_, answer, message) => {
    const subject = trainer({ combiner: broken(largest, { combine: () => answer }) });
    await expect(subject.step(1)).rejects.toThrow(message);
  });
});

describe('a promise is refused, for no step waits for it', () => {
  const later = (method: string) => ({
    [method]: async () => Promise.reject(new Error('nobody looks at this')),
  });
  const after: LossCombiner<number> = { ...byLoss, after: ({ memory }) => memory };

  test.each([
    ['weights', half],
    ['combine', byLoss],
    ['combine', projecting],
    ['after', after],
    ['after', { ...projecting, after: after.after! }],
  ] as const)('from %s() of %o', (method, combiner) =>
    expectRefusal(
      broken(combiner, later(method)),
      `answered ${method}() with a promise, but a step does not wait for it`,
    ),
  );

  test('nor is nothing for the next memory taken', async () => {
    const forgetful = broken(after, { after: () => undefined });
    for (const combiner of [forgetful, smoothed(forgetful), broken(projecting, { after: () => undefined })]) {
      await expectRefusal(combiner, /answered after\(\) with undefined instead of its next memory/);
    }
  });

  test('from an element-wise method', async () => {
    const subject = trainer({ combiner: broken(largest, later('combine')) });
    await expect(subject.step(1)).rejects.toThrow('largest answered combine() with a promise');
    const engine = createVectorEngine({ combiner: broken(largest, later('element')), objectives: three });
    expect(() => engine.step({ batches: [gradientsByHand(values(), 1)] })).toThrow(
      'answered element() with a promise',
    );
  });

  test('from the inner method of a wrapper', async () => {
    await expectRefusal(smoothed(broken(after, later('after'))), 'by-loss answered after() with a promise');
  });
});

describe('what a combiner says of itself is refused before the first step', () => {
  test.each([
    [
      { batches: 0 },
      /projecting says that it takes 0 batches a step, but that must be a whole number from 1/,
    ],
    [{ batches: 1.5 }, /takes 1.5 batches/],
    [{ batches: '2' }, /takes "2" batches/],
    [
      { remembers: () => -1 },
      /projecting answered remembers\(\) with -1, but must answer with a whole number of rows from 0/,
    ],
    [{ remembers: () => 1.5 }, /remembers\(\) with 1.5/],
    [{ remembers: () => Number.NaN }, /remembers\(\) with NaN/],
    [{ remembers: async () => 1 }, /remembers\(\) with a promise/],
    [{ init: async () => 0 }, /projecting answered init\(\) with a promise/],
  ])('%o', (parts, message) => {
    const combiner = broken(projecting, parts);
    expect(() => trainer({ combiner })).toThrow(message);
    expect(() => createVectorEngine({ combiner, objectives: three })).toThrow(message);
  });

  test.each([[[0]], [[0, -1]], [[0, 0.5]], [[0, 2]], ['ab'], [undefined]])(
    'groups %j of two variables',
    (groups) => {
      const combiner = broken(projecting, { groups: () => groups ?? 7 });
      expect(() => trainer({ combiner })).toThrow(
        /projecting answered with groups .* for 2 variables, but must give each a whole number from 0 to 1/,
      );
    },
  );
});

describe('what is no combiner is refused where it is given', () => {
  const places: Record<string, (combiner: never) => unknown> = {
    createTrainer: (combiner) => trainer({ combiner }),
    createVectorEngine: (combiner) => createVectorEngine({ combiner, objectives: three }),
    clipped: (combiner) => clipped(combiner, { norm: 1 }),
    smoothed: (combiner) => smoothed(combiner),
    perLayer: (combiner) => perLayer(combiner),
    byLevel: (combiner) => byLevel({ within: half, across: combiner }),
  };
  function bloop() {}
  const cases: readonly (readonly [unknown, string])[] = [
    [bloop, 'the combiner is the function bloop. Call it, and pass what it answers: bloop().'],
    [undefined, 'the combiner is undefined. Pass one, such as bloop().'],
    ['mgda', 'the combiner is "mgda". Pass one'],
    [{ ...half, name: '' }, 'the combiner\'s name is "". Give it one.'],
    [{ ...half, needs: 'gramain' }, '`needs` of the combiner half is "gramain". Did you mean "gramian"?'],
    [
      { ...half, needs: undefined },
      '`needs` of the combiner half is undefined. It is one of nothing, losses, gramian, elements.',
    ],
    [{ ...half, needs: 'toString' }, '`needs` of the combiner half is "toString". Known: nothing'],
    [
      { name: 'half', needs: 'nothing' },
      'the combiner half has no method weights(), which one that needs nothing must have.',
    ],
  ];
  test.each(
    Object.keys(places).flatMap((place) =>
      cases.map(([combiner, message]) => [place, message, combiner] as const),
    ),
  )('%s: %s', (place, message, combiner) => {
    // What is missing altogether is named with the other options there.
    const expected =
      place === 'createTrainer' && combiner === undefined ? 'option combiner: it is missing' : message;
    expect(() => places[place]!(combiner as never)).toThrow(`${place}: ${expected}`);
  });
});

test('what stands for several answers is the certificate of the weakest', async () => {
  const certain = (residual: number, solved: boolean): GradientCombiner => ({
    name: `certain ${residual}`,
    needs: 'gramian',
    combine: ({ rows }) => ({ coefficients: rows.map(() => 1), certificate: { solved, residual } }),
  });
  const certificateOf = (within: GradientCombiner, across: GradientCombiner) =>
    createVectorEngine({ combiner: byLevel({ within, across }), objectives: three }).step({
      batches: [gradientsByHand(values(), 1)],
    }).certificate;
  expect(certificateOf(certain(1e-3, true), certain(1e-6, true))).toEqual({ solved: true, residual: 1e-3 });
  expect(certificateOf(certain(1e-6, true), certain(1e-3, true))).toEqual({ solved: true, residual: 1e-3 });
  expect(certificateOf(certain(1e-9, false), certain(1e-3, true))).toEqual({ solved: false, residual: 1e-9 });
  expect(certificateOf(half, certain(1e-3, true))).toEqual({ solved: true, residual: 1e-3 });
  expect(certificateOf(half, half)).toBeUndefined();
});

describe('a combiner that throws is named, and the cause kept', () => {
  const cause = new TypeError('oops');
  const fail = () => {
    throw cause;
  };
  const failing: readonly GradientCombiner[] = [
    { ...half, weights: fail },
    { ...byLoss, combine: fail },
    { ...byLoss, name: 'looking', after: fail },
    { ...projecting, combine: fail },
    perLayer({ ...projecting, combine: fail }),
    smoothed({ ...byLoss, combine: fail }),
    { ...largest, combine: fail, element: fail },
  ];

  test.each(failing.map((combiner) => [combiner.name, combiner] as const))('%s', async (name, combiner) => {
    const failure = { message: `The combiner ${name} failed: oops`, cause };
    await expect(trainer({ combiner }).step(1)).rejects.toMatchObject(failure);
    const objectives = [{ name: 'a', priority: 0 }];
    const engine = createVectorEngine({ combiner, objectives });
    expect(() => engine.step({ batches: [[[1, 2]]], lossesAfter: [1] })).toThrow(
      expect.objectContaining(failure),
    );
  });

  test('but what already names it is handed on as it is', async () => {
    const own = new RangeError('by-loss: losses must be > 0');
    const combiner: GradientCombiner = {
      ...byLoss,
      combine: () => {
        throw own;
      },
    };
    await expect(trainer({ combiner }).step(1)).rejects.toBe(own);
  });
});
