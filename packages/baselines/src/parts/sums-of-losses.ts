/**
 * The sum of the losses of an objective so far and one more. Throws where it is infinite; `owner` is the
 * method that needs their mean.
 */
export function added(owner: string, objective: string, sum: number, loss: number): number {
  const total = sum + loss;
  if (Number.isFinite(total)) return total;
  throw new Error(
    `${owner}: the losses of "${objective}" add up to more than float64 holds. Scale them down.`,
  );
}
