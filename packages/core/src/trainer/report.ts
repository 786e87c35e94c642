import type { Certificate, GradientRow } from '../combiner.ts';
import type { Diagnostics } from '../direction/diagnostics.ts';
import type { Answer } from '../direction/direction.ts';
import type { ExamplePasses } from '../direction/example-passes.ts';
import type { Outputs } from '../forward/forward.ts';
import type { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/** The report of a step. As JSON, matrices are lists of their rows. */
export interface StepReport {
  /** The number of the step, from 0. */
  readonly step: number;
  /**
   * The unweighted loss of each objective, its mean over the batches, and over the examples if it is
   * `perExample`. Null if the objective is absent.
   */
  readonly losses: Readonly<Record<string, number | null>>;
  /**
   * The additional outputs of losses, for each batch, or for each piece of one; an empty list if the step was
   * skipped. The trainer owns the tensors: they live until its next step begins, or until it is disposed of.
   * JSON leaves them out.
   */
  readonly outputs: readonly Outputs[];
  /** The rows of coefficients and cosines: those present whose losses depend on a variable. */
  readonly rows: readonly GradientRow[];
  /**
   * The coefficients of the direction, over the gradients present and then the remembered rows. Empty for
   * element-wise combiners.
   */
  readonly coefficients: readonly number[];
  /**
   * The step that computed the coefficients: an earlier one if `coefficients: { every }` keeps them. Null if
   * there are none.
   */
  readonly coefficientsFrom: number | null;
  /**
   * The quality of the answer of the combiner's solver. Null if the combiner has no solver, or
   * was not asked in this step. With several groups of variables it is the weakest certificate: one that is
   * not solved, otherwise the one with the largest residual.
   */
  readonly certificate: Certificate | null;
  /**
   * The coefficients and the certificate for each group of variables (`perLayer`). The first coefficients are
   * those above.
   */
  readonly groups: Answer['groups'];
  /**
   * Cosines between the gradients present, over what `over` says. Null if the step has a single backward pass, unless `diagnostics` asks for them.
   */
  readonly cosines: SymmetricMatrix | null;
  /**
   * Euclidean length of each objective's gradient over all variables, without the objective's weight. With
   * several batches or examples it is the length of the mean gradient. A length is null if the objective has no gradient.
   * Null as a whole if `cosines` are, and, except with `diagnostics`, where `over` selects variables or a
   * representation, so that gradients over all variables are not computed.
   */
  readonly lengths: Readonly<Record<string, number | null>> | null;
  /**
   * Names of the objectives that a small step along the direction makes worse: those present with ⟨g, d⟩ < 0
   * beyond rounding, over all variables, where g is the mean over the batches and examples. The optimizer may go
   * elsewhere: Adam scales each element, and momentum adds earlier directions. Null if `cosines` are. Null
   * also for element-wise combiners, and where `lengths` are, except with `diagnostics`.
   */
  readonly worsened: readonly string[] | null;
  /**
   * Distance to Pareto stationarity: the length of the shortest convex combination of the present objectives'
   * gradients over all variables, without weights, as the losses are. It is 0 if no direction improves all of
   * them to first order. Null if `lengths` are.
   */
  readonly distanceToStationarity: number | null;
  /**
   * Names of the objectives present whose loss depends on no trained variable. Such a loss has no gradient
   * and no row above. The other objectives train as if it were null.
   */
  readonly unreached: readonly string[];
  /**
   * The variables whose gradients took one backward pass for each example of an objective that is
   * `perExample`, and why. The other variables took a single backward pass of all examples.
   */
  readonly examplePasses: readonly ExamplePasses[];
  /**
   * The learning rate of the optimizer in this step. Null if the optimizer has none, or if nothing was
   * updated.
   */
  readonly learningRate: number | null;
  /**
   * True if the optimizer has moved the variables. False if every objective was absent or unreached, if the
   * step was skipped, or if the trainer has no optimizer.
   */
  readonly updated: boolean;
  /** The reason why the step was left out. */
  readonly skipped: NonFiniteError | null;
}

/** Mean loss of each objective over the batches. Null if it is absent. */
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

/** These parts of a report. They are null if they are not known. */
export function diagnosticsOf(
  diagnostics: Diagnostics | null,
  objectives: readonly Pick<Objective, 'name'>[],
): Pick<StepReport, 'cosines' | 'lengths' | 'worsened' | 'distanceToStationarity'> {
  if (diagnostics === null)
    return { cosines: null, lengths: null, worsened: null, distanceToStationarity: null };
  const { cosines, lengths, ...others } = diagnostics;
  const entries = objectives.map(({ name }) => [name, lengths?.get(name) ?? null] as const);
  return { cosines, lengths: lengths && Object.fromEntries(entries), ...others };
}

/** The report of a step that changed nothing. */
export function untouched<Batch>(step: number, objectives: readonly Objective<Batch>[]): StepReport {
  return {
    step,
    losses: meansByObjective(objectives, [], []),
    outputs: [],
    rows: [],
    coefficients: [],
    coefficientsFrom: null,
    certificate: null,
    groups: [],
    ...diagnosticsOf(null, objectives),
    unreached: [],
    examplePasses: [],
    learningRate: null,
    updated: false,
    skipped: null,
  };
}
