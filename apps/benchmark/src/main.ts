import { stripVTControlCharacters } from 'node:util';
import { suggestion } from '@scalpel/bench/nearest';
import { renderUsage, runCommand } from 'citty';
import metadata from '../package.json' with { type: 'json' };
import { checkArguments } from './arguments.ts';
import { type Command, command } from './command.ts';
import { report, UsageError } from './errors.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  leaderboard: async () => (await import('./commands/leaderboard.ts')).leaderboard,
  export: async () => (await import('./commands/export.ts')).exportRecords,
  combine: async () => (await import('./commands/combine.ts')).combine,
  list: async () => (await import('./commands/list.ts')).list,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
};

const scalpel = command({
  meta: {
    name: 'scalpel',
    version: metadata.version,
    description: 'Training with several objectives, compared',
  },
  args: {},
  subCommands: { ...commands },
});

async function main([name, ...given]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') {
    return console.log(await usage(scalpel));
  }
  if (name === '--version') return console.log(metadata.version);
  if (name.startsWith('-')) throw new UsageError(`Give the command first, then its flags (${name}).`);
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`There is no command "${name}". ${suggestion(name, Object.keys(commands))}`);
  }
  const chosen = await commands[name]!();
  if (given.includes('--help') || given.includes('-h')) return console.log(await usage(chosen, scalpel));
  checkArguments(name, given, chosen.args);
  await runCommand(chosen, { rawArgs: given });
}

async function usage(...commands: [Command, Command?]): Promise<string> {
  const text = await renderUsage(...commands);
  return process.stdout.isTTY ? text : stripVTControlCharacters(text);
}

// A reader such as `head` may leave before the end: that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main(process.argv.slice(2)).catch(report);
