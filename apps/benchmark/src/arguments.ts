import { parseArgs } from 'node:util';
import { suggestion } from '@scalpel/core/nearest';
import type { ArgsDef, ParsedArgs } from 'citty';
import { UsageError } from './errors.ts';

/** Flags that may be given several times. */
const REPEATABLE = ['plugin', 'only'] as const;

/** The arguments of a command, by name. A flag that may be repeated has all its values, in order. */
export type Arguments<Known extends ArgsDef> = {
  readonly [Name in keyof Known]: Name extends (typeof REPEATABLE)[number]
    ? readonly string[]
    : ParsedArgs<Known>[Name];
};

/**
 * Reads the arguments of a command. Throws for an unknown flag, a flag without its value, a value for a
 * switch, a repeated flag that may occur only once, a word too many, and a missing word or flag.
 */
export function parseArguments<Known extends ArgsDef>(
  command: string,
  given: readonly string[],
  known: Known,
): Arguments<Known> {
  const see = `See scalpel ${command} --help.`;
  const words: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokensOf(given, known)) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value, rawName } = token;
    const problem = flagProblem(command, token, known, values.has(name));
    if (problem !== null) throw new UsageError(`${problem} ${see}`);
    values.set(name, [...(values.get(name) ?? []), value ?? rawName]);
  }
  const problem = lackOf(words, values, known);
  if (problem !== null) throw new UsageError(`${command} ${problem}. ${see}`);
  return Object.fromEntries(
    Object.entries(known).map(([name, argument]) => {
      const own = argument.type === 'positional' ? words.splice(0, 1) : (values.get(name) ?? []);
      if (isRepeatable(name)) return [name, own];
      return [name, argument.type === 'boolean' ? own.length > 0 : (own[0] ?? argument.default)];
    }),
  ) as Arguments<Known>;
}

type Option = Extract<ReturnType<typeof tokensOf>[number], { readonly kind: 'option' }>;

/** The problem of a flag; null if it is valid. `again` is true if the flag was given before. */
function flagProblem(
  command: string,
  { name, value, rawName, inlineValue }: Option,
  known: ArgsDef,
  again: boolean,
): string | null {
  const flag = known[name];
  if (flag === undefined || flag.type === 'positional') {
    return `${command} has no flag ${rawName}. ${suggestion(rawName, flagsOf(known))}`;
  }
  if (again && !isRepeatable(name)) return `${rawName} is given twice. Give it once.`;
  if (flag.type === 'boolean') {
    return value === undefined ? null : `${rawName} takes no value, but got "${value}".`;
  }
  const missing = value === undefined || value === '' || (!inlineValue && value.startsWith('--'));
  return missing ? `${rawName} needs a value.` : null;
}

/** A missing word or flag, or a word too many; null if there is no problem. */
function lackOf(
  words: readonly string[],
  values: ReadonlyMap<string, unknown>,
  known: ArgsDef,
): string | null {
  const missing = Object.keys(known).find((name) => {
    const flag = known[name]!;
    return flag.type !== 'positional' && flag.required === true && !values.has(name);
  });
  if (missing !== undefined) return `needs --${missing}`;
  const names = Object.keys(known).filter((name) => known[name]!.type === 'positional');
  const required = names.filter((name) => known[name]!.required !== false);
  if (words.length < required.length) return `needs ${required[words.length]!.toUpperCase()}`;
  return words.length > names.length ? `does not know what to do with "${words[names.length]}"` : null;
}

function isRepeatable(name: string): boolean {
  return REPEATABLE.some((one) => one === name);
}

function tokensOf(given: readonly string[], known: ArgsDef) {
  const options = Object.fromEntries(
    Object.entries(known)
      .filter(([, { type }]) => type !== 'positional')
      .map(([name, { type }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string' } as const]),
  );
  return parseArgs({ args: [...given], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function flagsOf(known: ArgsDef): string[] {
  return Object.keys(known)
    .filter((name) => known[name]!.type !== 'positional')
    .map((name) => `--${name}`);
}
