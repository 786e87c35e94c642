import leven from 'leven';

/** The candidate that a mistyped or shortened name most likely means. Undefined if no candidate is close. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => isStart(name, candidate) || isClose(distance, name, candidate))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function isClose(distance: number, name: string, candidate: string): boolean {
  // At a distance of the whole length, nothing of the candidate is left.
  return distance <= Math.max(2, Math.floor(name.length / 3)) && distance < candidate.length;
}

function isStart(name: string, candidate: string): boolean {
  return name.length >= 3 && candidate.toLowerCase().startsWith(name.toLowerCase());
}

/** The end of a message about an unknown name: the nearest candidate, or all of them if none is close. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return candidates.length === 0 ? 'There are none.' : `Known: ${candidates.join(', ')}.`;
}
