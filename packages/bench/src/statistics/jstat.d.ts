/** The two functions of jStat that are used here; the package has no types of its own. */
declare module 'jstat' {
  const jstat: {
    /** Student's t distribution: the quantile of a probability in (0, 1). */
    readonly studentt: { inv(probability: number, freedom: number): number };
    /** The studentized range of this many means; `freedom` may be infinite. */
    readonly tukey: { inv(probability: number, means: number, freedom: number): number };
  };
  export default jstat;
}
