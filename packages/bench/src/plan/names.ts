/**
 * Splits a text at its commas into known names. A name may hold commas itself: the longest known name is
 * taken first.
 */
export function namesIn(text: string, known: readonly string[]): string[] {
  const parts = text.split(',');
  const names: string[] = [];
  while (parts.length > 0) {
    let count = parts.length;
    while (count > 1 && !known.some((name) => same(name, parts.slice(0, count).join(',')))) count--;
    names.push(parts.splice(0, count).join(',').trim());
  }
  return names;
}

/** True if two names are equal apart from upper case and outer spaces. */
export function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
