/**
 * The sum of an objective's losses so far and one more. Throws if it is infinite. The error names `owner`,
 * the method that needs the mean.
 */
export function added(owner: string, objective: string, sum: number, loss: number): number {
  const total = sum + loss;
  if (Number.isFinite(total)) return total;
  throw new Error(
    `${owner}: the losses of "${objective}" add up to more than float64 holds. Scale them down.`,
  );
}
