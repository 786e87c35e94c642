import * as v from 'valibot';
import { described } from './described.ts';
import { suggestion } from './nearest.ts';

/** What is wrong with options, and the keys that lead to it. */
interface Problem {
  readonly path: readonly unknown[];
  readonly message: string;
}

/** The options with their defaults, or everything that is wrong with them. */
export interface Answer {
  readonly value?: unknown;
  readonly problems?: readonly Problem[];
}

const SETTINGS = { message: messageOf, abortPipeEarly: true };

/** The answer of a schema of Valibot. */
export function answerOfValibot(schema: v.GenericSchema, options: unknown): Answer {
  const lists = listsIn(schema as Inside, options);
  if (lists.length > 0) return { problems: lists };
  const { issues, output } = v.safeParse(schema, options, SETTINGS);
  return issues ? { problems: issues.map((issue) => problemOf(schema as Inside, issue)) } : { value: output };
}

/** The parts of Valibot's schemas that lead to the schemas inside them. */
interface Inside {
  readonly wrapped?: Inside;
  readonly entries?: Readonly<Record<string, Inside>>;
  readonly item?: Inside;
  readonly value?: Inside;
}

/** The lists that stand for objects of options. To Valibot, a list is an object with the keys 0, 1, …. */
function listsIn({ wrapped, entries }: Inside, value: unknown): Problem[] {
  if (wrapped) return listsIn(wrapped, value);
  if (!entries || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [{ path: [], message: 'it is a list, but must be an object of options' }];
  return Object.entries(entries).flatMap(([key, entry]) =>
    listsIn(entry, (value as Readonly<Record<string, unknown>>)[key]).map(({ path, message }) => ({
      path: [key, ...path],
      message,
    })),
  );
}

/** An empty message stands for a key that is missing or unknown: the schema around it tells what to say. */
function problemOf(schema: Inside, { path: items, message, expected }: v.BaseIssue<unknown>): Problem {
  const path = items?.map(({ key }) => key) ?? [];
  if (message !== '') return { path, message };
  const parents = path.slice(0, -1);
  const { entries = {} } = parents.reduce(inside, unwrapped(schema));
  if (expected !== 'never') return { path, message: missing(entries[String(path.at(-1))]) };
  const known = Object.keys(entries);
  const unknown = Object.keys(items?.at(-1)?.input as object).filter((key) => !known.includes(key));
  const messages = unknown.map((key) => `there is no option "${key}". ${suggestion(key, known)}`);
  return { path: parents, message: messages.join(' Also, ') };
}

function unwrapped(schema: Inside): Inside {
  return schema.wrapped ? unwrapped(schema.wrapped) : schema;
}

function inside({ entries, item, value }: Inside, key: unknown): Inside {
  return unwrapped(entries?.[String(key)] ?? item ?? value ?? {});
}

/** What a schema says about an option that is missing. */
function missing(option: Inside | undefined): string {
  const { issues } = v.safeParse((option ?? v.unknown()) as v.GenericSchema, undefined, SETTINGS);
  return issues?.[0].message ?? 'it is missing';
}

/** The message for a value that a schema refuses, if the schema has none of its own. */
function messageOf({ kind, type, input, expected, path, message }: v.BaseIssue<unknown>): string {
  if (path?.[0].origin === 'key') return '';
  if (/length|empty/.test(type)) {
    return `it has ${(input as ArrayLike<unknown>).length} entries, but must have ${countOf(expected!)}`;
  }
  const must =
    kind === 'schema' ? kindOf(type, expected!) : (NUMBERS[type] ?? (expected && limitOf(expected)));
  if (!must) return message;
  return input === undefined
    ? `it is missing: give ${must}`
    : `it is ${described(input)}, but must be ${must}`;
}

const NUMBERS: Readonly<Record<string, string>> = {
  finite: 'a finite number',
  integer: 'a whole number',
  safe_integer: 'a whole number',
};

const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list',
  number: 'a finite number',
  string: 'a text',
  boolean: 'true or false',
  Object: 'an object',
  never: 'left out',
};

/** The values that a schema takes, in words. Valibot writes them as `number` or `("a" | "b")`. */
function kindOf(type: string, expected: string): string | undefined {
  if (type === 'custom') return undefined;
  if (type === 'strict_object') return 'an object of options';
  const kinds = expected
    .replace(/^\((.*)\)$/, '$1')
    .split(' | ')
    .map((kind) => KINDS[kind] ?? kind);
  return type === 'picklist' ? `one of ${kinds.join(', ')}` : kinds.join(' or ');
}

/** A limit in words. Valibot writes it as `>=2`. */
function limitOf(expected: string): string {
  return expected.replace(/^[<>]=?/, '$& ');
}

/** A number of entries in words. Valibot writes it as `>=2`, `<=2`, `2` or `!0`. */
function countOf(expected: string): string {
  return expected.replace('>=', 'at least ').replace('<=', 'at most ').replace('!0', 'at least 1');
}
