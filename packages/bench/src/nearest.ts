import leven from 'leven';

/** The candidate that a mistyped name most likely meant, or undefined when none is close. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const close = Math.max(2, Math.floor(name.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    // A distance of the whole length means that nothing is left of the candidate.
    .filter(({ candidate, distance }) => distance <= close && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** The end of a message about an unknown name: the nearest one, or all of them when none is close. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return candidates.length === 0 ? 'There are none.' : `Known: ${candidates.join(', ')}.`;
}
