import { plugin as baselines } from '@scalpel/baselines';
import { plugin as bloop } from '@scalpel/bloop';
import {
  type CombinerDefinition,
  checkOptions,
  type GramianCombination,
  type GramianCombiner,
  normal,
  randomFrom,
  type Setup,
  SymmetricMatrix,
} from '@scalpel/core';

/**
 * Methods that turn a Gramian into coefficients without further options. Their objectives are on one level,
 * or on two if the method needs that.
 */
export const definitions: readonly CombinerDefinition[] = [...baselines.combiners!, ...bloop.combiners!];

type Rows = readonly (readonly number[])[];

function normalRows(random: () => number, count: number, width: number): Rows {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));
}

/** The number of kinds in `smallRows`. The kinds alternate, and the first one has independent gradients. */
export const KINDS = 4;

/**
 * Eight gradients of four kinds, four examples of each: independent, dependent, in conflict, and with lengths
 * from 1e-3 to 1e4.
 */
export function smallRows(): readonly Rows[] {
  const random = randomFrom(8);
  return [0, 1, 2, 3].flatMap(() => {
    const independent = normalRows(random, 8, 20);
    const factors = normalRows(random, 8, 4);
    const basis = normalRows(random, 8, 20).slice(0, 4);
    const dependent = factors.map((row) =>
      basis[0]!.map((_, entry) => row.reduce((sum, x, i) => sum + x * basis[i]![entry]!, 0)),
    );
    const together = normalRows(random, 8, 4).map((row) => [...row, 0.5]);
    const scaled = normalRows(random, 8, 20).map((row, i) => row.map((x) => x * 10 ** (i - 3)));
    return [independent, dependent, together, scaled];
  });
}

/**
 * Many gradients, each with a few more entries than there are gradients: independent ones, and ones of which
 * every other conflicts with the rest.
 */
export function largeRows(count: number): readonly Rows[] {
  const random = randomFrom(count);
  const width = Math.ceil((count * 300) / 256);
  const common = normalRows(random, 1, width)[0]!;
  const opposed = normalRows(random, count, width).map((row, i) =>
    row.map((x, entry) => x + (-1) ** i * common[entry]!),
  );
  return [normalRows(random, count, width), opposed];
}

/**
 * A function that calls a method on rows, with the data of its step. Null for a method that does not use
 * Gramians, or that needs more data than a benchmark has.
 */
export function callOf(
  { id, create, options }: CombinerDefinition,
  rows: Rows,
): ((step: number) => GramianCombination) | null {
  const answer = options['~standard'].validate({});
  if (!('value' in answer) || answer.issues) return null;
  const combiner = create(checkOptions(id, options, {}) as never);
  if (combiner.needs !== 'gramian') return null;
  const setup = setupFor(combiner as GramianCombiner, rows.length);
  if (setup === null) return null;
  const gradients = setup.rows.map((_, index) => rows[index % rows.length]!);
  const remembered = Array.from(
    { length: combiner.remembers?.(setup) ?? 0 },
    (_, a) => rows[a % rows.length]!,
  );
  const gramian = SymmetricMatrix.gramian([...gradients, ...remembered]);
  const distances = SymmetricMatrix.from(combiner.distances ? gradients.length : 0, (i, j) =>
    gradients[i]!.reduce((sum, x, entry) => sum + (x - gradients[j]![entry]!) ** 2, 0),
  );
  const memory = combiner.init?.(setup) as never;
  const losses = setup.rows.map(() => 1);
  return (step) =>
    (combiner as GramianCombiner<never>).combine({
      setup,
      rows: setup.rows,
      losses,
      gramian,
      distances,
      precision: 1e-16,
      step,
      epoch: 0,
      random: randomFrom(0, step),
      memory,
    });
}

function setupFor({ check, batches = 1 }: GramianCombiner, count: number): Setup | null {
  for (const levels of [1, 2]) {
    const rows = Array.from({ length: batches * count }, (_, index) => ({
      objective: `objective ${index % count}`,
      level: Math.floor(((index % count) * levels) / count),
      batch: Math.floor(index / count),
    }));
    try {
      check?.({ rows, levels });
      return { rows, levels };
    } catch {
      // The method needs two levels, which are tried next.
    }
  }
  return null;
}
