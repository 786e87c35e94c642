import { parseArgs } from 'node:util';
import { suggestion } from '@scalpel/core/nearest';
import type { ArgsDef } from 'citty';
import { UsageError } from './errors.ts';

/**
 * Refuses what citty lets pass: unknown flags, a flag without its value, a value for a switch, a flag given twice
 * unless it may be repeated, words that nobody reads, and a missing word or flag.
 */
export function checkArguments(
  command: string,
  given: readonly string[],
  known: ArgsDef,
  repeatable: readonly string[] = ['plugin', 'only'],
): void {
  const words: string[] = [];
  const seen = new Set<string>();
  const see = `See scalpel ${command} --help.`;
  for (const token of tokensOf(given, known)) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value, rawName } = token;
    const flag = known[name];
    if (flag === undefined || flag.type === 'positional') {
      throw new UsageError(
        `${command} has no flag ${rawName}. ${suggestion(rawName, flagsOf(known))} ${see}`,
      );
    }
    if (seen.has(name) && !repeatable.includes(name)) {
      throw new UsageError(`${rawName} is given twice. Give it once. ${see}`);
    }
    seen.add(name);
    if (flag.type === 'boolean' && value !== undefined) {
      throw new UsageError(`${rawName} takes no value, but got "${value}". ${see}`);
    }
    const missing = value === undefined || value === '' || (!token.inlineValue && value.startsWith('--'));
    if (flag.type !== 'boolean' && missing) throw new UsageError(`${rawName} needs a value. ${see}`);
  }
  const missing = Object.keys(known).find((name) => {
    const flag = known[name]!;
    return flag.type !== 'positional' && flag.required === true && !seen.has(name);
  });
  if (missing !== undefined) throw new UsageError(`${command} needs --${missing}. ${see}`);
  const names = Object.keys(known).filter((name) => known[name]!.type === 'positional');
  const required = names.filter((name) => known[name]!.required !== false);
  if (words.length < required.length) {
    throw new UsageError(`${command} needs ${required[words.length]!.toUpperCase()}. ${see}`);
  }
  if (words.length > names.length) {
    throw new UsageError(`${command} does not know what to do with "${words[names.length]}". ${see}`);
  }
}

/** All values of a flag that may be repeated, in order: citty keeps the last alone. */
export function repeated(name: string, given: readonly string[], known: ArgsDef): string[] {
  return tokensOf(given, known).flatMap((token) =>
    token.kind === 'option' && token.name === name && token.value !== undefined ? [token.value] : [],
  );
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
