/** What JSON can name a property, and an assignment takes for the prototype: a copy would lose it without a word. */
const FORBIDDEN = '__proto__';

/** Such a name as it may be written in JSON, or what it may hide behind. */
const SUSPICIOUS: RegExp = /__proto__|\\u00[567]/;

/** A JSON value from elsewhere. Throws a SyntaxError where the text is not JSON, and names the place of a property `__proto__`. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Values may be matrices of a hundred million numbers: they are walked through where there is a reason to.
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
