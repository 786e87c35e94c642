import { checkOptions, createVectorEngine, normal, randomFrom } from '@scalpel/core';
import { expect, test } from 'vitest';
import { plugin } from './index.ts';

/*
 * Methods must accept any numbers that float64 can hold. They give an answer of finite numbers with a
 * readable certificate, or an error that says what is wrong with the input. The error never blames the
 * method.
 */

type Random = () => number;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

const ENTRIES: readonly ((random: Random) => number)[] = [
  normal,
  (random) => Math.round(3 * random() - 1.5),
  (random) => 1 + 1e-8 * normal(random),
  (random) => pick(random, [-1, 1]) * (1 + 1e-9 * normal(random)),
  (random) => pick(random, [0, 0, 1]),
  (random) => 1e300 * normal(random),
  (random) => 1e-300 * normal(random),
  (random) => normal(random) * 10 ** pick(random, [-300, 0, 150, 300]),
  (random) => 5e-324 * Math.round(9 * normal(random)),
];

const LOSSES: readonly ((random: Random) => number)[] = [
  (random) => 1 + random(),
  (random) => 10 ** (6 * random() - 3),
  () => 0,
  (random) => -random(),
  (random) => 1e308 * random(),
  (random) => 5e-324 * Math.ceil(9 * random()),
  (random) => pick(random, [1e300, 1, 1e-300, 0]),
];

const OPTIONS: Readonly<Record<string, readonly object[]>> = {
  constant: [{ weights: [1, 2, 3, 4] }],
  multiplier: [{ budget: 1 }, { budget: -1e300, stepSize: 1e300 }],
  'dynamic-barrier': [{}, { barrier: {} }, { barrier: { lowest: -1e308, alpha: 1e300 } }],
  mgda: [{}, { normalize: 'length' }, { normalize: 'loss' }, { normalize: 'both' }],
  pcd: [{}, { tau: 1, beta: 0 }, { tau: 0, epsilon: 1e-300 }],
  stch: [{}, { mu: 1e-12 }, { warmup: 0 }],
  pbi: [{}, { ideal: -5 }],
  cosmos: [{}, { concentration: 1e-3 }],
  famo: [{}, { minimum: -1e10 }],
  'nash-mtl': [{}, { maxNorm: 1e-5 }],
  fairgrad: [{}, { alpha: 0 }, { alpha: 0.2 }, { alpha: 10 }],
  config: [{}, { momentum: {} }, { momentum: { optimizer: 'adam' } }],
  'cr-mogm': [{}, { combiner: 'nash-mtl' }],
  gradvac: [{}, { initial: 0.9 }],
  pcgrad: [{}, { lambda: 0.5 }, { average: {} }],
  cagrad: [{}, { c: 1 }, { c: 1e8 }],
  upgrad: [{}, { regularization: 1e-4 }],
};

test.each(plugin.combiners!.map((definition) => [definition.id, definition] as const))(
  '%s',
  (id, definition) => {
    let answered = 0;
    for (let draw = 0; draw < 300; draw++) {
      const random = randomFrom(draw, 7);
      const count = pick(random, [1, 2, 3, 4, 5]);
      const options = checkOptions(id, definition.options, pick(random, OPTIONS[id] ?? [{}]));
      const combiner = definition.create(options as never);
      const level = pick<(index: number) => number>(random, [
        () => 0,
        (index) => index,
        (index) => index % 2,
      ]);
      const objectives = Array.from({ length: count }, (_, index) => ({
        name: `${index}`,
        priority: level(index),
        weight: pick(random, [1, 1, 1, 2, 1e-3, 1e200, 1e-200]),
      }));
      const [width, entry, loss] = [pick(random, [1, 2, 8]), pick(random, ENTRIES), pick(random, LOSSES)];
      const row = () =>
        count > 1 && random() < 0.05 ? null : Array.from({ length: width }, () => entry(random));
      const batches = combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
      try {
        const engine = createVectorEngine({ combiner, objectives });
        for (let step = 0; step < 3; step++) {
          const { direction, coefficients, certificate } = engine.step({
            batches: Array.from({ length: batches }, () => Array.from({ length: count }, row)),
            losses: objectives.map(() => loss(random)),
            lossesAfter: objectives.map(() => loss(random)),
            epoch: step,
          });
          const numbers = [...direction, ...coefficients, certificate?.residual ?? 0];
          expect(numbers.every(Number.isFinite), `draw ${draw}`).toBe(true);
          answered++;
        }
      } catch (error) {
        expect((error as Error).constructor, `draw ${draw}: ${error}`).toBe(Error);
        expect((error as Error).message, `draw ${draw}`).not.toMatch(/Mend|NaN|undefined|not finite/);
      }
    }
    expect(answered).toBeGreaterThan(50);
  },
);
