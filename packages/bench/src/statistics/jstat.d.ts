/** The two functions that are used of it: it brings no types of its own. */
declare module 'jstat' {
  const jstat: {
    /** Student's t distribution: the quantile of a probability in (0, 1). */
    readonly studentt: { inv(probability: number, freedom: number): number };
    /** The studentized range of so many means; an infinite freedom is allowed. */
    readonly tukey: { inv(probability: number, means: number, freedom: number): number };
  };
  export default jstat;
}
