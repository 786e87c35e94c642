/** Options that a method does not work without, for this number of objectives. */
export function neededOptions(id: string, count: number): object {
  if (id === 'constant') return { weights: [2, 0.5, 1, 3, 1].slice(0, count) };
  return id === 'multiplier' ? { budget: 1 } : {};
}

/** True for a method that takes objectives of exactly two priorities. */
export function isForTwoLevels(id: string): boolean {
  return ['a-gem', 'dynamic-barrier', 'multiplier'].includes(id);
}
