import type { Certificate, GradientRow } from '../combiner.ts';
import type { Diagnostics } from '../direction/diagnostics.ts';
import type { Answer } from '../direction/direction.ts';
import type { Outputs } from '../forward/forward.ts';
import type { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/** The report of a step. As JSON, matrices are lists of their rows. */
export interface StepReport {
  /** From 0. */
  readonly step: number;
  /** Unweighted loss by objective, its mean over the batches; null where it is absent. */
  readonly losses: Readonly<Record<string, number | null>>;
  /**
   * What losses gave beside their values, for each batch; an empty list where the step was skipped. The tensors
   * are the trainer's: they live until its next step begins, or it is disposed of. JSON has no use for them.
   */
  readonly outputs: readonly Outputs[];
  /** The rows of coefficients and cosines: those present whose losses depend on a variable. */
  readonly rows: readonly GradientRow[];
  /**
   * Of the direction, over the gradients present and then the remembered rows; empty for element-wise
   * combiners.
   */
  readonly coefficients: readonly number[];
  /**
   * How good the answer of the combiner's solver is; null where it has none. Of several groups of variables,
   * the weakest: one that is not solved, or the one with the largest residual.
   */
  readonly certificate: Certificate | null;
  /**
   * Coefficients, of which the first are those above, and certificate for each group of variables
   * (`perLayer`).
   */
  readonly groups: Answer['groups'];
  /**
   * Cosines between the gradients present. Null where the step has a single backward pass, unless
   * `diagnostics` asks for them.
   */
  readonly cosines: SymmetricMatrix | null;
  /**
   * Euclidean length of each objective's gradient over all variables, without the objective's weight; of
   * several batches that of the mean. Null in place of a number where the objective has no gradient, and null
   * as a whole where `cosines` are.
   */
  readonly lengths: Readonly<Record<string, number | null>> | null;
  /**
   * Names of the objectives that a small step along the direction makes worse: those present with ⟨g, d⟩ < 0
   * beyond rounding, over all variables, g the mean over the batches. The optimizer may go elsewhere: Adam
   * scales each element, momentum remembers. Null where `cosines` are, and for element-wise combiners but for
   * `diagnostics`.
   */
  readonly worsened: readonly string[] | null;
  /**
   * Distance to Pareto stationarity: the length of the shortest convex combination of the present objectives'
   * gradients over all variables, each without its weight, as the losses are. 0 where no direction improves
   * them all, to first order. Null where `cosines` are.
   */
  readonly distanceToStationarity: number | null;
  /**
   * Names of the objectives present with a loss that depends on no variable that is trained. It has no
   * gradient and no row above; the others train as if it were null.
   */
  readonly unreached: readonly string[];
  /** That the optimizer took the step with; null where it has none, or nothing was updated. */
  readonly learningRate: number | null;
  /**
   * Whether the optimizer has moved the variables: not if every objective was absent or unreached, if the step
   * was skipped, or if the trainer has no optimizer.
   */
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

/** These parts of a report, null where nothing is known of them. */
export function diagnosticsOf(
  diagnostics: Diagnostics | null,
  objectives: readonly Pick<Objective, 'name'>[],
): Pick<StepReport, 'cosines' | 'lengths' | 'worsened' | 'distanceToStationarity'> {
  if (diagnostics === null)
    return { cosines: null, lengths: null, worsened: null, distanceToStationarity: null };
  const { cosines, lengths, ...others } = diagnostics;
  const entries = objectives.map(({ name }) => [name, lengths.get(name) ?? null] as const);
  return { cosines, lengths: Object.fromEntries(entries), ...others };
}

/** The report of a step that changed nothing. */
export function untouched<Batch>(step: number, objectives: readonly Objective<Batch>[]): StepReport {
  return {
    step,
    losses: meansByObjective(objectives, [], []),
    outputs: [],
    rows: [],
    coefficients: [],
    certificate: null,
    groups: [],
    ...diagnosticsOf(null, objectives),
    unreached: [],
    learningRate: null,
    updated: false,
    skipped: null,
  };
}
