/** max cᵀx over A x <= b, x >= 0. */
export interface LinearProgram {
  /**
   * The vectors c. The first is maximised. Each next one is maximised among the maximisers of those before.
   */
  readonly objectives: readonly (readonly number[])[];
  /** The rows of A. */
  readonly matrix: readonly (readonly number[])[];
  /** b >= 0, so the origin is feasible. */
  readonly bounds: readonly number[];
}
