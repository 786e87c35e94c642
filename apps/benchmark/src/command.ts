import type { ArgsDef, CommandDef } from 'citty';
import { type Arguments, parseArguments } from './arguments.ts';

/** A command whose own arguments nobody else needs to know the types of. */
export interface Command extends CommandDef {
  readonly args: ArgsDef;
  /** Reads the words and flags that it is given, and does what they ask for. */
  start(given: readonly string[]): unknown;
}

/** Infers the types of the arguments inside the definition, and hides them outside. */
export function command<const Known extends ArgsDef>({
  run,
  ...description
}: {
  readonly meta: { readonly name: string; readonly description: string; readonly version?: string };
  readonly args: Known;
  readonly subCommands?: NonNullable<CommandDef['subCommands']>;
  run?(given: Arguments<Known>): unknown;
}): Command {
  const { meta, args } = description;
  return { ...description, start: (given) => run?.(parseArguments(meta.name, given, args)) };
}
