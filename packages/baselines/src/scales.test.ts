import { checkOptions, clipped, createVectorEngine, type GradientCombiner, randomFrom } from '@scalpel/core';
import { combineVectors } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { plugin } from './index.ts';
import { pcgrad } from './pcgrad.ts';
import { isForTwoLevels, neededOptions } from './testing/needs.ts';

/*
 * Gradients times a power of two, which is exact, over the whole range of float64. The squares of most of
 * these lengths are beyond it. Directions must be multiplied by a power of the factor, bit for bit. If a
 * method has an option in units of length, the option is multiplied too.
 */

const POWERS = [-1000, -601, -563, -300, 300, 450, 563, 900];

function create(id: string, options: object = {}): GradientCombiner {
  const definition = plugin.combiners!.find((combiner) => combiner.id === id)!;
  return definition.create(checkOptions(id, definition.options, options) as never);
}

/** The directions of three steps, for gradients times `scale`. */
function directions(combiner: GradientCombiner, scale: number): readonly (readonly number[])[] {
  const priorities = isForTwoLevels(combiner.name) ? [0, 1] : [0, 1, 0, 1, 2];
  const objectives = priorities.map((priority, index) => ({ name: `${index}`, priority }));
  const engine = createVectorEngine({ combiner, objectives });
  const random = randomFrom(11);
  const number = () => 2 * random() - 1.2;
  return [0, 1, 2].map((epoch) => {
    const batches = Array.from({ length: combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1 }, () =>
      objectives.map(() => [number() * scale, number() * scale, number() * scale, number() * scale]),
    );
    const losses = objectives.map(() => 1 + random());
    return engine.step({ batches, losses, lossesAfter: losses.map((loss) => loss * random()), epoch })
      .direction;
  });
}

function times(vectors: readonly (readonly number[])[], factor: number): readonly (readonly number[])[] {
  return vectors.map((vector) => vector.map((x) => x * factor));
}

/**
 * Methods whose direction is not simply multiplied by the scale: they have options in units of length, or
 * another power.
 */
const OTHERS = new Set(['nash-mtl', 'fairgrad', 'gradnorm', 'moco', 'modo']);

test.each(plugin.combiners!.map(({ id }) => id).filter((id) => !OTHERS.has(id)))('%s', (id) => {
  const make = () => create(id, neededOptions(id, 5));
  const plain = directions(make(), 1);
  for (const power of POWERS) expect(directions(make(), 2 ** power)).toEqual(times(plain, 2 ** power));
});

test.each(['nash-mtl', 'fairgrad'])('%s: not on the lengths', (id) => {
  const plain = directions(create(id), 1);
  for (const power of POWERS) expect(directions(create(id), 2 ** power)).toEqual(plain);
});

test.each([0.5, 3])('fairgrad with α = %d: times the scale to the power (1 − α) / (1 + α)', (alpha) => {
  const plain = directions(create('fairgrad', { alpha }), 1).flat();
  for (const power of [-600, -300, 300, 600]) {
    const scaled = directions(create('fairgrad', { alpha }), 2 ** power).flat();
    const factor = 2 ** (((1 - alpha) / (1 + alpha)) * power);
    for (const [i, x] of scaled.entries()) expect(x / factor / plain[i]!).toBeCloseTo(1, 10);
  }
  expect(() => directions(create('fairgrad', { alpha: 1000 }), 2 ** 900)).toThrow(/too small for float64/);
  expect(() => directions(create('fairgrad', { alpha: 1000 }), 2 ** -900)).toThrow(/beyond float64/);
});

const inUnits: readonly (readonly [string, (scale: number) => GradientCombiner])[] = [
  ['gradnorm', (scale) => create('gradnorm', { rate: 0.025 / scale })],
  ['moco', (scale) => create('moco', { gamma: 0.1 / scale / scale, rho: 0.2 * scale * scale })],
  ['modo', (scale) => create('modo', { gamma: 0.1 / scale / scale, rho: 0.2 * scale * scale })],
  ['sdmgrad', (scale) => create('sdmgrad', { regularization: 0.5 * scale * scale })],
  ['nash-mtl', (scale) => create('nash-mtl', { maxNorm: scale })],
  ['clipped', (scale) => clipped(pcgrad(), { norm: 0.5 * scale })],
];

test.each(inUnits)('%s, its options in the same unit', (_, make) => {
  const plain = directions(make(1), 1);
  for (const power of POWERS.filter((x) => Math.abs(x) <= 450)) {
    expect(directions(make(2 ** power), 2 ** power)).toEqual(times(plain, 2 ** power));
  }
});

test('a step that is in proportion to squares beyond float64 takes all weight to one row', () => {
  const direction = combineVectors(
    create('moco'),
    [0, 0],
    [
      [3e200, 0],
      [0, 1e200],
    ],
  ).direction;
  expect(direction).toEqual([0, 0.5e200]);
});

test.each([1e-170, 1e170])('mgda of short and of long gradients: lengths of %d', (scale) => {
  const { direction } = combineVectors(
    create('mgda'),
    [0, 0],
    [
      [scale, 0],
      [-scale, scale],
    ],
  );
  expect(direction[0]! / scale).toBeCloseTo(0.2, 14);
  expect(direction[1]! / scale).toBeCloseTo(0.4, 14);
});
