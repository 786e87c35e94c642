/** Node and browsers have `console`, but no types that hold in both declare it. */
declare const console: { warn(message: string): void };

/** Returns a function that warns once per key. */
export function warner(): (key: string, message: string) => void {
  const said = new Set<string>();
  return (key, message) => {
    if (!said.has(key)) console.warn(message);
    said.add(key);
  };
}
