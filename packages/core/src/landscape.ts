/** Two parameters. */
export type PlanePoint = readonly [number, number];

/** A problem of two parameters as a map, on which the paths of its runs are drawn. */
export interface Landscape {
  /** Least and greatest value that is shown of each parameter. */
  readonly bounds: readonly [PlanePoint, PlanePoint];
  /** The value of every objective, by name, in float64. */
  readonly losses: (point: PlanePoint) => Readonly<Record<string, number>>;
  /**
   * Where no objective can be improved without another getting worse, as a line of points close to each
   * other, or a single one. It begins where the first objective is least: the answer of those who put it
   * before all others. Absent where it is not known.
   */
  readonly paretoSet?: readonly PlanePoint[];
}
