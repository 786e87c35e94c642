/**
 * JSON can have a property of this name, but an assignment of it sets the prototype: a copy would lose it in
 * silence.
 */
const FORBIDDEN = '__proto__';

/** The forbidden name as plain text, or with escapes that may hide it. */
const SUSPICIOUS: RegExp = /__proto__|\\u00[567]/;

/**
 * Parses a JSON value from an unknown source. Throws a SyntaxError if the text is not JSON, or with the place
 * of a property `__proto__`.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Values may be matrices of a hundred million numbers, so they are searched only on suspicion.
  if (SUSPICIOUS.test(text)) refuse(value, '');
  return value;
}

function refuse(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${key}]` : `${path}${path && '.'}${key}`;
    if (key === FORBIDDEN)
      throw new Error(`${place}: no property may be called "${FORBIDDEN}". Leave it out`);
    refuse(item, place);
  }
}
