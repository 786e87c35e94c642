/** A part of a batch that is evaluated at once. */
export interface Piece<Batch> {
  readonly value: Batch;
  /** The number of its batch. */
  readonly batch: number;
  /** Its size, and that of its batch. */
  readonly size: number;
  readonly total: number;
}
