/** A node of a syntax tree, or a part of one. */
export type Syntax = Readonly<Record<string, unknown>>;

/** The part of a statement that is executed. */
export interface Executed {
  /** The statement as JSON, without types, comments and layout. */
  readonly content: string;
  /** Names in it that may be defined outside. */
  readonly mentions: ReadonlySet<string>;
  /** The modules that it loads, by their names. */
  readonly loads: readonly string[];
}

/** The executed part of a node; undefined for types. */
export function executedIn(node: unknown): Executed | undefined {
  const mentions = new Set<string>();
  const loads: string[] = [];
  const content = partOf(node, mentions, loads);
  return content === undefined ? undefined : { content: JSON.stringify(content), mentions, loads };
}

/** Nodes around an expression that matter only for types or layout. */
const WRAPPERS: readonly unknown[] = [
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
];

/** Fields for the place and notation of a node, and fields for types. */
const UNEXECUTED = ['start', 'end', 'raw', 'accessibility', 'importKind', 'exportKind', 'phase'];

/**
 * The executed part of a value. It does not depend on the parser's version: false and empty fields are left
 * out, and fields are sorted.
 */
function partOf(value: unknown, mentions: Set<string>, loads: string[]): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      // An elision is a hole in a list, but a type is nothing.
      const part = item === null ? null : partOf(item, mentions, loads);
      return part === undefined ? [] : [part];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Syntax;
  const { type } = node;
  if (WRAPPERS.includes(type)) return partOf(node.expression, mentions, loads);
  if (String(type).startsWith('TS') || node.declare === true) return undefined;
  if (type === 'Literal') return { type, value: node.regex ?? node.bigint ?? node.value };
  if (type === 'Identifier') {
    mentions.add(node.name as string);
    return { type, name: node.name };
  }
  const loaded = loadedBy(node);
  if (loaded !== undefined) {
    loads.push(loaded);
    return { type };
  }
  return fieldsOf(node, mentions, loads);
}

function fieldsOf(node: Syntax, mentions: Set<string>, loads: string[]): Syntax {
  const isName = (key: string) => (key === 'property' || key === 'key') && node.computed === false;
  const fields = Object.keys(node)
    .filter((key) => !UNEXECUTED.includes(key))
    .map((key) => [key, partOf(node[key], isName(key) ? new Set() : mentions, loads)] as const)
    .filter(([, part]) => !isNothing(part))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields);
}

function isNothing(part: unknown): boolean {
  return part === undefined || part === null || part === false || (Array.isArray(part) && part.length === 0);
}

/** The module that an expression loads. */
function loadedBy({ type, source, callee, arguments: given }: Syntax): string | undefined {
  const isRequire = type === 'CallExpression' && (callee as Syntax).name === 'require';
  const name = type === 'ImportExpression' ? source : isRequire && (given as readonly unknown[])[0];
  const { value } = (name || {}) as Syntax;
  return typeof value === 'string' ? value : undefined;
}
