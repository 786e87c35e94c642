/** Node and browsers have it; types that hold in both do not. */
declare const console: { warn(message: string): void };

/** Warns once of each key. */
export function warner(): (key: string, message: string) => void {
  const said = new Set<string>();
  return (key, message) => {
    if (!said.has(key)) console.warn(message);
    said.add(key);
  };
}
