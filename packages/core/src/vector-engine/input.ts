import type { ObjectivePriority } from '../protocol/setup.ts';

export interface VectorStep {
  /**
   * One list of rows per batch, with one row per objective in their order. A row is null if its objective is
   * absent.
   */
  readonly batches: readonly (readonly (readonly number[] | null)[])[];
  /** One loss per objective, or one per objective and batch. Default 0. */
  readonly losses?: readonly number[];
  /** The losses after the step, for combiners that use them. */
  readonly lossesAfter?: readonly number[];
  readonly epoch?: number;
}

/**
 * The rows of all batches, one after the other; null if the objective is absent. Throws unless all rows have
 * the same length and are finite.
 */
export function rowsOf(
  input: VectorStep,
  objectives: readonly ObjectivePriority[],
  batches: number,
): readonly (readonly number[] | null)[] {
  if (input.batches.length !== batches) {
    throw new Error(
      `This combiner takes ${batches} batch(es) of gradients a step, but got ${input.batches.length}.`,
    );
  }
  for (const [batch, rows] of input.batches.entries()) {
    if (rows.length !== objectives.length) {
      throw new Error(
        `Batch ${batch} has ${rows.length} rows for ${objectives.length} objectives. Give one row each.`,
      );
    }
  }
  const rows = input.batches.flat();
  const width = rows.find((row) => row !== null)?.length ?? 0;
  for (const [index, row] of rows.entries()) {
    if (row === null) continue;
    if (row.length !== width) {
      throw new Error(
        `Row ${index} has ${row.length} entries, but the first has ${width}. Give rows of one length.`,
      );
    }
    const entry = row.findIndex((x) => !Number.isFinite(x));
    if (entry >= 0)
      throw new Error(`Row ${index}, entry ${entry} is ${row[entry]}. Gradients must be finite.`);
  }
  return rows;
}

/** The losses of the rows present, or 0 if none are given. Throws unless they are finite. */
export function lossesOf(
  losses: readonly number[] | undefined,
  present: readonly number[],
  rows: number,
  objectives: number,
): readonly number[] {
  if (losses === undefined) return present.map(() => 0);
  if (losses.length !== rows && losses.length !== objectives) {
    throw new Error(`There are ${losses.length} losses for ${objectives} objectives. Give one each.`);
  }
  return present.map((row) => {
    const loss = losses[row % losses.length]!;
    if (!Number.isFinite(loss)) throw new Error(`The loss of row ${row} is ${loss}. Losses must be finite.`);
    return loss;
  });
}
