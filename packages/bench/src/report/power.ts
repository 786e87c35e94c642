import { leastP } from '../statistics/index.ts';
import { formatProbability } from '../text/index.ts';

const LEVEL = 0.05;

/** The smallest p that the sign-flip test can reach with so few seeds, once and after so many tests. */
export function powerOf(tested: number, seeds: number, what: readonly [string, string]): string {
  const least = leastP(seeds);
  const corrected = Math.min(1, least * tested);
  const end = corrected > LEVEL ? `, so that nothing here can be significant at ${LEVEL}` : '';
  return `With ${seeds} seeds p is at least ${formatProbability(least)}, and ${formatProbability(corrected)} after correction for ${tested === 1 ? `one ${what[0]}` : `${tested} ${what[1]}`}${end}.`;
}
