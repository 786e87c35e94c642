import type { ArgsDef, CommandDef } from 'citty';
import { type Arguments, parseArguments } from './arguments.ts';

/** A command that hides the types of its arguments. */
export interface Command extends CommandDef {
  readonly args: ArgsDef;
  /** Reads its arguments and runs the command. */
  start(given: readonly string[]): unknown;
}

/** Defines a command. The types of its arguments are inferred inside the definition and hidden outside. */
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
