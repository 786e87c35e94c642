import { stripVTControlCharacters } from 'node:util';
import { renderUsage, runCommand } from 'citty';
import { checkArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { report } from './errors.ts';
import { watchOutput } from './output.ts';
import { toTheEnd } from './waiting.ts';

/** Runs a program on the arguments of this process. */
export function launch(program: (given: readonly string[]) => Promise<void>): void {
  watchOutput();
  // `pnpm scalpel -- run quick` passes the dashes on.
  const given = process.argv.slice(2);
  toTheEnd(() => program(given[0] === '--' ? given.slice(1) : given)).catch(report);
}

/** Runs a command, or describes it if that is what it is asked for. */
export async function execute(
  name: string,
  command: Command,
  given: readonly string[],
  parent?: Command,
): Promise<void> {
  if (asksForHelp(given)) return printUsage(command, parent);
  checkArguments(name, given, command.args);
  await runCommand(command, { rawArgs: [...given] });
}

export async function printUsage(command: Command, parent?: Command): Promise<void> {
  const text = await renderUsage(command, parent);
  console.log(process.stdout.isTTY ? text : stripVTControlCharacters(text));
}

export function asksForHelp(given: readonly string[]): boolean {
  return given.includes('--help') || given.includes('-h');
}
