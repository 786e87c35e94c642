import { stripVTControlCharacters } from 'node:util';
import { wrap } from '@scalpel/bench/text';
import { renderUsage } from 'citty';
import type { Command } from './command.ts';
import { report } from './errors.ts';
import { print, watchOutput } from './output.ts';
import { terminalWidth } from './terminal.ts';
import { toTheEnd } from './waiting.ts';

/** Runs a program with the arguments of this process. */
export function launch(program: (given: readonly string[]) => Promise<void>): void {
  watchOutput();
  // `pnpm scalpel -- run quick` passes the dashes on.
  const given = process.argv.slice(2);
  toTheEnd(() => program(given[0] === '--' ? given.slice(1) : given)).catch(report);
}

/** Runs a command, or prints its help if that is requested. */
export async function execute(command: Command, given: readonly string[], parent?: Command): Promise<void> {
  if (asksForHelp(given)) return printUsage(command, parent);
  await command.start(given);
}

export async function printUsage(command: Command, parent?: Command): Promise<void> {
  print(fitted(stripVTControlCharacters(await renderUsage(command, parent)), terminalWidth()));
}

/** Wraps the descriptions of flags and commands, and keeps them in their column. */
export function fitted(usage: string, width: number): string {
  const lines = usage
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, flag = '', description = line] = /^( +\S+(?: \S+)* {2,})(\S.*)$/.exec(line.trimEnd()) ?? [];
      return wrap(description, Math.max(20, width - flag.length)).map((text, index) =>
        `${index === 0 ? flag : ' '.repeat(flag.length)}${text}`.trimEnd(),
      );
    });
  return `${lines.join('\n')}\n`;
}

export function asksForHelp(given: readonly string[]): boolean {
  return given.includes('--help') || given.includes('-h');
}
