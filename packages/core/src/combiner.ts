import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { SymmetricMatrix } from './symmetric-matrix.ts';

/**
 * Turns the gradients of several objectives into one direction, which the optimizer subtracts. It is a union
 * over `needs`, so that the engine does no more work than each kind needs:
 *
 * - `nothing`: fixed weights; one backward pass of the weighted loss.
 * - `losses`: weights from the values of the losses; the same single backward pass.
 * - `gramian`: coefficients from the inner products of gradients and remembered rows; one backward pass per
 *   objective.
 * - `elements`: a formula on the gradients themselves, element by element.
 *
 * A combiner is a pure value: its input comes in by arguments, and its output goes out by return. The weights
 * of objectives are applied before: its rows are gradients of weight · loss, and its losses are weighted too.
 */
export type GradientCombiner = ConstantCombiner | LossCombiner | GramianCombiner | ElementCombiner;

/**
 * The objective, level and batch that a gradient row of a step belongs to. Rows are ordered by batch, then as
 * the objectives were given.
 */
export interface GradientRow {
  /** Name of the objective. */
  readonly objective: string;
  /** Dense level, 0 the most important. */
  readonly level: number;
  /**
   * The number of the row's batch among the independent batches of the step, from 0. It is 0 unless the
   * combiner asks for several batches.
   */
  readonly batch: number;
  /** The position of the row's example in its batch. Only if the objective is `perExample`. */
  readonly example?: number;
}

/**
 * The rows of a step in which every objective is present: one per objective and batch. They are known before
 * the first step. An objective that is `perExample` has a single row here, with `example` 0: only a step knows
 * the number of its examples.
 */
export interface Setup {
  readonly rows: readonly GradientRow[];
  /** Number of levels. */
  readonly levels: number;
}

/** The input of every combiner that is called in each step. Rows of absent objectives are missing. */
export interface StepContext<Memory> {
  /**
   * The setup that `check` and `init` received. It includes the objectives that are absent from this step.
   */
  readonly setup: Setup;
  readonly rows: readonly GradientRow[];
  /** The weighted loss of each row. All are finite: a step with another loss stops earlier. */
  readonly losses: readonly number[];
  /** Number of steps before this one. */
  readonly step: number;
  readonly epoch: number;
  /**
   * Draws uniform numbers in [0, 1). They depend on (seed, step) alone, so a step can be repeated, and there
   * is no state to save.
   */
  readonly random: () => number;
  readonly memory: Memory;
}

export interface ConstantCombiner {
  readonly name: string;
  readonly needs: 'nothing';
  /** Throws if these objectives cannot be combined by this method. */
  check?(setup: Setup): void;
  /** One weight per row present. The setup includes the objectives that are absent from this step. */
  weights(rows: readonly GradientRow[], setup: Setup): readonly number[];
}

export interface LossCombiner<Memory = unknown> {
  readonly name: string;
  readonly needs: 'losses';
  check?(setup: Setup): void;
  /** Memory is small and JSON-serialisable. */
  init?(setup: Setup): Memory;
  /** The owners of the memory: see `GramianCombiner`. Default `rows`. */
  readonly memoryOf?: 'rows' | 'levels';
  combine(step: StepContext<Memory>): { readonly weights: readonly number[]; readonly memory?: Memory };
  /** For methods that use the losses after the step, on the same batch (FAMO). Returns the next memory. */
  after?(step: StepContext<Memory>): Memory;
}

export interface GramianCombiner<Memory = unknown> {
  readonly name: string;
  readonly needs: 'gramian';
  /** The number of independent batches per step. Default 1. */
  readonly batches?: 1 | 2 | 3;
  /**
   * True for a method that uses distances between gradients. Inner products do not give them where rows are
   * nearly equal.
   */
  readonly distances?: boolean;
  check?(setup: Setup): void;
  /** A, the number of gradient-sized rows that are kept between steps. They are zero at first. Default 0. */
  remembers?(setup: Setup): number;
  init?(setup: Setup): Memory;
  /**
   * The owners of the memory and of the remembered rows. `levels`: nothing is kept for a single row. `rows`:
   * then objectives that are `perExample` are refused, because their rows differ from batch to batch. Default
   * `rows`.
   */
  readonly memoryOf?: 'rows' | 'levels';
  /**
   * One group number per variable, from 0. Each group has its own Gramian, answer, remembered rows and
   * memory.
   */
  groups?(variables: readonly string[]): readonly number[];
  combine(step: GramianStep<Memory>): GramianCombination<Memory>;
  after?(step: StepContext<Memory>): Memory;
}

export interface GramianStep<Memory = unknown> extends StepContext<Memory> {
  /** Inner products of the rows: first the gradients in the order of `rows`, then the A remembered rows. */
  readonly gramian: SymmetricMatrix;
  /**
   * Squared distances between the gradient rows, as precise as an inner product. Only if the combiner
   * declares `distances`.
   */
  readonly distances?: SymmetricMatrix;
  /** The relative error of an inner product: about 1e-16, or 1e-7 from float32 kernels. */
  readonly precision: number;
  /**
   * The unit of length, a power of two: the Gramian is that of the rows divided by it. It is absent or 1
   * unless the rows are so long or short that float64 cannot hold their squares. Coefficients apply to the
   * rows themselves, so only methods with a length among their options need the unit.
   */
  readonly unit?: number;
}

export interface GramianCombination<Memory = unknown> {
  /** The direction: one coefficient per row of the Gramian. */
  readonly coefficients: readonly number[];
  /**
   * Each next remembered row: A lists with one coefficient per row of the Gramian. If absent, the remembered
   * rows stay.
   */
  readonly remember?: readonly (readonly number[])[];
  /** The next memory. If absent, the memory stays. */
  readonly memory?: Memory;
  readonly certificate?: Certificate;
}

/** The quality of a solver's answer. */
export interface Certificate {
  /**
   * True if the answer solves the method's problem up to rounding. If not, the note describes the answer;
   * without a note, it is the best one found.
   */
  readonly solved: boolean;
  /**
   * The error in the optimality conditions, relative to the data: a KKT residual or a duality gap. Always
   * finite.
   */
  readonly residual: number;
  /** The reason why there is no exact answer, or a remark that the point is Pareto-stationary. */
  readonly note?: string;
}

export interface ElementCombiner {
  readonly name: string;
  readonly needs: 'elements';
  check?(setup: Setup): void;
  /** The formula: one element of the direction, in float64, from that element of each gradient present. */
  element(step: ElementStep & { readonly column: readonly number[] }): number;
  /**
   * The same for a whole variable at once, which training uses. It is called per variable inside the engine's
   * tidy. `gradients` is [rows, elements of one variable], and the result is [elements]. `random` belongs to
   * the variable: draw numbers in the order of its elements, as `element` does when called for one after the
   * other.
   */
  combine(step: ElementStep & { readonly gradients: Tensor2D; readonly variable: string }): Tensor1D;
}

export type ElementStep = Omit<StepContext<undefined>, 'memory'>;
