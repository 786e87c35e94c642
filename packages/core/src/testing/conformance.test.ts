import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import type { ElementCombiner, GradientCombiner, GramianCombiner, LossCombiner } from '../combiner.ts';
import type { Guarantee } from '../plugin.ts';
import { minimumNorm } from '../solvers/minimum-norm.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { contract } from './contract.ts';
import { describeCombiner } from './describe-combiner.ts';
import { guarantees } from './guarantees.ts';
import type { Subject } from './layouts.ts';
import { shortest } from './shortest.ts';
import { training } from './training.ts';

// Combiners that the kit must accept.

const sum: GradientCombiner = { name: 'sum', needs: 'nothing', weights: (rows) => rows.map(() => 1) };

/** An average of each objective's gradients in a separate row, and the number of steps in it. */
const averages: GramianCombiner<Readonly<Record<string, number>>> = {
  name: 'averages',
  needs: 'gramian',
  remembers: ({ rows }) => rows.length,
  init: () => ({}),
  combine({ rows, setup, gramian, memory, random }) {
    const remember = setup.rows.map(({ objective }, own) => {
      const present = rows.findIndex((row) => row.objective === objective);
      const before = rows.length + own;
      return Array.from({ length: gramian.size }, (_, index) => {
        if (present < 0) return index === before ? 1 : 0;
        return index === present ? 0.25 : index === before ? 0.75 : 0;
      });
    });
    const seen = { ...memory };
    for (const { objective } of rows) seen[objective] = (seen[objective] ?? 0) + random();
    const coefficients = remember[0]!.map((_, index) =>
      remember.reduce(
        (total, row, k) => total + row[index]! / (1 + (seen[setup.rows[k]!.objective] ?? 0)),
        0,
      ),
    );
    return { coefficients, remember, memory: seen };
  },
};

const noisy: ElementCombiner = {
  name: 'noisy',
  needs: 'elements',
  element: ({ column, random }) => random() * Math.max(...column),
  combine: ({ gradients, random }) =>
    tf.mul(tf.max(gradients, 0), Array.from({ length: gradients.shape[1] }, random)),
};

/** Uses the losses after the step, on several batches. */
const progress: GramianCombiner<Readonly<Record<string, number>>> = {
  name: 'progress',
  needs: 'gramian',
  batches: 2,
  init: () => ({}),
  combine: ({ rows, memory }) => ({
    coefficients: rows.map(({ objective, batch }) => (batch === 1 ? 1 + (memory[objective] ?? 0) : 0)),
  }),
  after: ({ rows, losses, memory }) => ({
    ...memory,
    ...Object.fromEntries(rows.map(({ objective }, row) => [objective, 1 / (1 + losses[row]! ** 2)])),
  }),
};

describeCombiner(() => sum, {
  guarantees: ['linear-under-scaling', 'permutation-equivariant', 'weighted'],
});
describeCombiner(() => shortest, {
  guarantees: [
    'non-conflicting',
    'permutation-equivariant',
    'weighted',
    'respects-priority',
    'stationary-at-pareto-points',
  ],
});
describeCombiner(() => averages, { guarantees: [] });
describeCombiner(() => noisy, { guarantees: [] });
describeCombiner(() => progress, { guarantees: ['permutation-equivariant', 'weighted'] });

// Mistakes that the kit must find: for each, the check that fails and its message.

const byLoss = (combine: LossCombiner['combine'], rest: Partial<LossCombiner> = {}): (() => LossCombiner) => {
  return () => ({ name: 'wrong', needs: 'losses', combine, ...rest });
};
const byGramian = (
  combine: GramianCombiner<number>['combine'],
  rest: Partial<GramianCombiner<number>> = {},
): (() => GradientCombiner) => {
  return () => ({ name: 'wrong', needs: 'gramian', combine, ...rest }) as GradientCombiner;
};

let calls = 0;

/** Remembers the losses of each step in a place that checkpoints do not contain. */
function secretive(): GradientCombiner {
  const losses: number[] = [];
  return {
    name: 'wrong',
    needs: 'losses',
    combine: (step) => {
      losses[step.step] = step.losses[0]!;
      return { weights: step.rows.map(() => losses[step.step - 1] ?? 1) };
    },
    init: () => null,
  };
}

describe('the contract catches', () => {
  test.each<[string, keyof typeof contract, () => GradientCombiner, RegExp]>([
    [
      'NaN where a row is zero',
      'answers any gradients with finite numbers',
      byGramian(({ rows, gramian }) => ({
        coefficients: rows.map((_, i) => gramian.at(0, i) / gramian.at(i, i)),
      })),
      /one zero.*coefficients that are not finite/,
    ],
    [
      'a certificate that is not finite',
      'answers any gradients with finite numbers',
      byGramian(({ rows, gramian }) => ({
        coefficients: rows.map(() => 1),
        certificate: { solved: true, residual: 0 / gramian.at(0, 0) },
      })),
      /certificate.residual has NaN/,
    ],
    [
      'NaN from losses that are not positive',
      'answers any losses with finite numbers, or refuses those that are not positive',
      byLoss(({ losses }) => ({ weights: losses.map((loss) => Math.log(loss)) })),
      /zero losses.*weights that are not finite/,
    ],
    [
      'a refusal of losses that are positive',
      'answers any losses with finite numbers, or refuses those that are not positive',
      byLoss(({ losses }) => {
        if (losses[0]! > 1e9) throw new Error('too large');
        return { weights: losses };
      }),
      /large losses.*too large/,
    ],
    [
      'a row for every objective taken for granted',
      'takes steps from which objectives are absent',
      byLoss(({ setup, losses }) => ({ weights: setup.rows.map((_, row) => losses[row]!) })),
      /without objectives \[0\].*weights that are 2 numbers for 1 rows/,
    ],
    [
      'changes of its input',
      'leaves what it is given alone, and answers the same twice',
      byLoss(({ losses }) => ({ weights: (losses as number[]).sort() })),
      /read only/,
    ],
    [
      'changes of its memory',
      'leaves what it is given alone, and answers the same twice',
      byLoss(
        ({ rows, memory }) => {
          (memory as number[]).push(1);
          return { weights: rows.map(() => (memory as number[]).length) };
        },
        { init: () => [] },
      ),
      /not extensible/,
    ],
    [
      'state of its module',
      'leaves what it is given alone, and answers the same twice',
      byLoss(({ rows }) => ({ weights: rows.map(() => calls++) })),
      /called twice on the same step: another answer/,
    ],
    [
      'numbers from Math.random',
      'nothing decides but the seed and the steps',
      byLoss(({ rows }) => ({ weights: rows.map(() => Math.random()) })),
      /Math.random was called/,
    ],
    [
      'a difference from one instance to the next',
      'nothing decides but the seed and the steps',
      () => {
        const own = calls++;
        return { name: 'wrong', needs: 'nothing', weights: (rows) => rows.map(() => own) };
      },
      /a new combiner, in two engines by turns: another answer/,
    ],
    [
      'memory that is not JSON',
      'goes on from memory that was JSON, in a new combiner',
      byLoss(
        ({ losses, memory }) => ({
          weights: losses.map(() => (memory as Map<string, number>).get?.('before') ?? 0),
          memory: new Map([['before', losses[0]!]]),
        }),
        { init: () => new Map([['before', 2]]) },
      ),
      /another answer/,
    ],
    [
      'state that is kept in the combiner',
      'goes on from memory that was JSON, in a new combiner',
      secretive,
      /another answer/,
    ],
    [
      'a method that accepts nothing',
      'answers any gradients with finite numbers',
      byLoss(({ losses }) => ({ weights: losses }), {
        check: () => {
          throw new Error('never');
        },
      }),
      /refuses every number of objectives.*never/,
    ],
  ])('%s', (_, name, create, message) => {
    expect(() => contract[name]!({ create })).toThrow(message);
  });

  test('too few objectives only where that many are not needed', () => {
    const create = byLoss(
      ({ losses }) => {
        if (losses.length < 3) throw new Error('Give three.');
        return { weights: losses };
      },
      {
        check: ({ rows }) => {
          if (rows.length < 4) throw new Error('Give four.');
        },
      },
    );
    const check = contract['takes steps from which objectives are absent']!;
    expect(() => check({ create })).toThrow('Give three.');
    expect(() => check({ create, least: 3 })).not.toThrow();
  });
});

describe('the guarantees catch', () => {
  const regularized = byGramian(({ gramian, rows }) => {
    const trace = rows.reduce((total, _, i) => total + gramian.at(i, i), 0);
    const shifted = SymmetricMatrix.from(
      rows.length,
      (i, j) => gramian.at(i, j) + (i === j ? 1e-4 * trace : 0),
    );
    return { coefficients: minimumNorm(shifted, rows.length, 1e-16).weights };
  });
  const first = byGramian(({ rows }) => ({ coefficients: rows.map((_, row) => (row === 0 ? 1 : 0)) }));
  const unit = byGramian(({ gramian, rows }) => ({
    coefficients: rows.map((_, i) => (gramian.at(i, i) > 0 ? 1 / Math.sqrt(gramian.at(i, i)) : 0)),
  }));
  // Keeps its claims only in the first step.
  const momentum = byGramian(
    ({ gramian, rows, memory }) => ({
      coefficients: [...minimumNorm(gramian, rows.length, 1e-16).weights, memory],
      remember: [[...rows.map(() => 1), 0]],
      memory: 0.9,
    }),
    { remembers: () => 1, init: () => 0 },
  );

  test.each<[string, Guarantee, () => GradientCombiner, RegExp]>([
    ['conflict', 'non-conflicting', () => sum, /conflicts with row/],
    ['conflict on badly scaled rows', 'non-conflicting', regularized, /× 0.0001|× 10000/],
    [
      'conflict through memory',
      'non-conflicting',
      momentum,
      /after other steps: the direction conflicts with row/,
    ],
    ['normalised rows', 'linear-under-scaling', unit, /not linear in the scales/],
    ['a preference for the first row', 'permutation-equivariant', first, /another direction for the order/],
    ['a remembered row', 'weighted', momentum, /after other steps: the coefficient of remembered row 0/],
    ['elements without coefficients', 'weighted', () => noisy, /no coefficients/],
    ['conflict with the first level', 'respects-priority', () => sum, /conflicts with the first level/],
    ['a direction at a stationary point', 'stationary-at-pareto-points', unit, /a direction, but 0 is in/],
    [
      'no direction elsewhere',
      'stationary-at-pareto-points',
      byGramian(({ rows }) => ({ coefficients: rows.map(() => 0) })),
      /no direction, but 0 is not in/,
    ],
  ])('%s', (_, guarantee, create, message) => {
    expect(() => guarantees[guarantee]({ create })).toThrow(message);
  });
});

describe('training catches', () => {
  let kept: tf.Tensor[] = [];

  afterEach(() => {
    tf.dispose(kept);
    kept = [];
    tf.disposeVariables();
  });

  const elementWise = (combine: ElementCombiner['combine']) => (): ElementCombiner => ({ ...noisy, combine });

  test.each<[string, keyof typeof training, Subject['create'], RegExp]>([
    [
      'a tensor that is kept',
      'trains as in float64, and leaks no tensor',
      elementWise((step) => {
        kept.push(tf.keep(tf.scalar(1)));
        return noisy.combine(step);
      }),
      /3 steps left 3 tensors behind/,
    ],
    [
      'two formulas that disagree',
      'trains as in float64, and leaks no tensor',
      elementWise(({ gradients, random }) =>
        tf.mul(tf.min(gradients, 0), Array.from({ length: gradients.shape[1] }, random)),
      ),
      /not that of the float64 engine/,
    ],
    [
      'random numbers in another order',
      'trains as in float64, and leaks no tensor',
      elementWise(({ gradients, random }) =>
        tf.mul(tf.max(gradients, 0), Array.from({ length: gradients.shape[1] }, random).reverse()),
      ),
      /not that of the float64 engine/,
    ],
    [
      'state that is kept in the combiner',
      'goes on from a checkpoint bit for bit',
      secretive,
      /went on from a checkpoint/,
    ],
  ])('%s', async (_, name, create, message) => {
    await tf.setBackend('cpu');
    await expect(training[name]!({ create })).rejects.toThrow(message);
  });
});
