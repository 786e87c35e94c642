import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { GradientCombiner, Setup } from '../combiner.ts';
import type { Answer } from '../direction/direction.ts';
import { elementDirection } from '../direction/elements.ts';
import { gramianDirection } from '../direction/gramian.ts';
import type { StartPasses } from '../direction/start-passes.ts';
import { contextOf, type Forward } from '../forward/forward.ts';
import { finiteNumber, wholeNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import { checkCombiner } from '../protocol/check-combiner.ts';
import { batchesOf } from '../protocol/declared.ts';
import { setupOf } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { RecordedLosses } from './losses.ts';
import { distancesOf, type Measured } from './measured.ts';
import type { RowSource } from './row-source.ts';

export interface CombineOptions {
  /** One positive weight per row, by which the row is multiplied before. Default 1. */
  readonly weights?: readonly number[];
  /** One whole number per row: 0 is the most important. Default: all rows are equally important. */
  readonly priorities?: readonly number[];
  /** The seed of everything random in the combiner. Default 0. */
  readonly seed?: number;
}

const schema = v.strictObject({
  weights: v.optional(v.array(finiteNumber)),
  priorities: v.optional(v.array(wholeNumber(0))),
  seed: v.optional(wholeNumber(), 0),
});

/** A first step whose gradients are the rows. */
export function firstStep(
  { names, losses, tape }: Pick<RecordedLosses, 'names' | 'losses' | 'tape'>,
  { weights, priorities, seed }: Required<CombineOptions>,
): { readonly forward: Forward; readonly setup: Setup } {
  const setup = setupOf(
    names.map((name, row) => ({ name, priority: priorities[row]!, weight: weights[row]! })),
    1,
  );
  const { rows } = setup;
  const context = contextOf({ step: 0, epoch: 0, random: randomFrom(seed, 0) }, setup, rows, weights);
  const nothing = { rows: [], losses: [] };
  const forward: Forward = {
    step: 0,
    rows,
    weights,
    losses,
    tape,
    unreached: nothing,
    outputs: [],
    context,
    evaluateAgain: () => [],
    dispose: () => {},
  };
  return { forward, setup };
}

/** Throws unless the combiner can combine one batch of rows, and there is one number per row in each list. */
export function checkedOptions(
  combiner: unknown,
  options: CombineOptions,
  rows: number,
): Required<CombineOptions> {
  const owner = 'jacobian.combine';
  checkCombiner(owner, combiner);
  const batches = batchesOf(combiner);
  if (batches > 1) {
    throw new Error(
      `${owner}: ${combiner.name} takes ${batches} independent batches a step, but a Jacobian is that of one. Use createTrainer.`,
    );
  }
  const { weights, priorities, seed } = checkOptions(owner, schema, options);
  for (const [name, list] of Object.entries({ weights, priorities })) {
    if (list === undefined || list.length === rows) continue;
    throw new Error(
      `${owner}: option ${name}: there are ${list.length} for ${rows} rows. Give one for each row.`,
    );
  }
  const each = (value: number) => Array.from({ length: rows }, () => value);
  return { weights: weights ?? each(1), priorities: priorities ?? each(0), seed };
}

/** The answer of the combiner to its first step, by the computations that a trainer uses. */
export async function answerOf(
  combiner: GradientCombiner,
  { forward, setup }: ReturnType<typeof firstStep>,
  variables: readonly tf.Variable[],
  source: RowSource,
  measured: Measured,
): Promise<Answer> {
  combiner.check?.(setup);
  const all = variables.map(() => true);
  const common = {
    setup,
    variables,
    startPasses: passesOver(source, measured),
    roles: () => ({ compared: all, combined: all }),
  };
  const computation =
    combiner.needs === 'elements'
      ? elementDirection({ ...common, combiner })
      : gramianDirection({ ...common, combiner: asGramian(combiner) });
  return computation.answer(forward);
}

/**
 * The passes of a step whose inner products are known. Rows that the combiner would remember are zero, as
 * before every first step, and new ones are not made.
 */
function passesOver(source: RowSource, measured: Measured): StartPasses {
  const { byVariable, precision, scalars, reached } = measured;
  return (forward, remembered) => {
    const { weights } = forward;
    const count = weights.length;
    const weighted = (size: number) => (gramian: SymmetricMatrix) =>
      SymmetricMatrix.from(size, (i, j) => (j < count ? weights[i]! * weights[j]! * gramian.at(i, j) : 0));
    return {
      async gram({ distances }) {
        const gradients = distances ? byVariable.map(weighted(count)) : [];
        return {
          byVariable: byVariable.map(weighted(count + remembered.length)),
          precision,
          scalars,
          reached,
          examplePasses: [],
          distances: distances ? await distancesOf(source, forward, gradients) : [],
        };
      },
      map: (coefficients) => [[...source.combination(forward, (variable) => coefficients(variable)[0]!)]],
      columns: () => source.columns(forward),
      dispose: () => {},
    };
  };
}
