import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A JSON value. A property that is undefined counts as absent. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON with sorted keys: equal values give equal text, in whatever order their keys were written. Throws for
 * values that JSON would change in silence (NaN, functions, dates), and names their path.
 */
export function canonicalJson(value: unknown, path = ''): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonicalJson(item, `${path}[${index}]`)).join(',')}]`;
  }
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, path ? `${path}.${key}` : key)}`);
    return `{${entries.join(',')}}`;
  }
  throw new Error(
    `${path || 'The value'} is ${describe(value)}, which JSON cannot hold. Use finite numbers, text, lists and plain objects.`,
  );
}

/** The SHA-256 of the canonical JSON, in hexadecimal. It works in browsers as well as in Node. */
export function hashOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === 'object') return `a ${value?.constructor.name ?? 'value'}`;
  return typeof value === 'function' ? 'a function' : String(value);
}
