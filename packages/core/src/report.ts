import type { Certificate, GradientRow } from './combiner.ts';
import type { NonFiniteError } from './non-finite.ts';
import type { Objective } from './objective.ts';
import type { Answer } from './roads/road.ts';
import type { SymmetricMatrix } from './symmetric-matrix.ts';

export interface StepReport {
  /** From 0. */
  readonly step: number;
  /** Unweighted loss by objective, its mean over the batches; null where it is absent. */
  readonly losses: Readonly<Record<string, number | null>>;
  /** The rows present, which coefficients and cosines speak of. */
  readonly rows: readonly GradientRow[];
  /** Of the direction, over the gradients present and then the remembered rows; empty for element-wise combiners. */
  readonly coefficients: readonly number[];
  readonly certificate: Certificate | null;
  /** The two above for each group of variables (`perLayer`), the first of which they are. */
  readonly groups: Answer['groups'];
  /** Between the gradients present; null on roads with a single backward pass, but for `diagnostics`. */
  readonly cosines: SymmetricMatrix | null;
  /** False if every objective was absent, or the step was skipped. */
  readonly updated: boolean;
  /** Why the step was left out. */
  readonly skipped: NonFiniteError | null;
}

/** Mean loss of each objective over the batches; null where it is absent. */
export function meansByObjective<Batch>(
  objectives: readonly Objective<Batch>[],
  rows: readonly GradientRow[],
  losses: readonly number[],
): Record<string, number | null> {
  const entries = objectives.map(({ name }) => {
    const own = losses.filter((_, index) => rows[index]!.objective === name);
    return [name, own.length === 0 ? null : own.reduce((a, b) => a + b) / own.length] as const;
  });
  return Object.fromEntries(entries);
}

/** The report of a step that changed nothing. */
export function untouched<Batch>(step: number, objectives: readonly Objective<Batch>[]): StepReport {
  return {
    step,
    losses: meansByObjective(objectives, [], []),
    rows: [],
    coefficients: [],
    certificate: null,
    groups: [],
    cosines: null,
    updated: false,
    skipped: null,
  };
}
