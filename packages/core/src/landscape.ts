/** The values of two parameters. */
export type PlanePoint = readonly [number, number];

/** A map of a problem with two parameters. The paths of runs are drawn on it. */
export interface Landscape {
  /** The least and the greatest value that the map shows, for each parameter. */
  readonly bounds: readonly [PlanePoint, PlanePoint];
  /** The value of every objective, by name, in float64. */
  readonly losses: (point: PlanePoint) => Readonly<Record<string, number>>;
  /**
   * The Pareto set, where no objective can improve unless another gets worse: a line of points close to each
   * other, or a single point. It begins at the minimum of the first objective, which is the answer if this
   * objective comes before all others. Absent if it is not known.
   */
  readonly paretoSet?: readonly PlanePoint[];
}
