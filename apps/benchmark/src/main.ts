import { suggestion } from '@scalpel/core/nearest';
import { type Command, command } from './command.ts';
import { UsageError } from './errors.ts';
import { asksForHelp, execute, launch, printUsage } from './launch.ts';
import { version } from './programs.ts';

/**
 * Each command has its own file and is imported only when it is called: `combine` starts without the imports
 * of `run`.
 */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  leaderboard: async () => (await import('./commands/leaderboard.ts')).leaderboard,
  worker: async () => (await import('./commands/worker.ts')).worker,
  export: async () => (await import('./commands/export.ts')).exportResults,
  combine: async () => (await import('./commands/combine.ts')).combine,
  list: async () => (await import('./commands/list.ts')).list,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
};

const scalpel = command({
  meta: {
    name: 'scalpel',
    version: version(),
    description: 'Training with several objectives, compared',
  },
  args: {},
  subCommands: { ...commands },
});

launch(async ([name, ...given]) => {
  if (name === undefined || asksForHelp([name])) return printUsage(scalpel);
  if (name === '--version') return console.log(version());
  if (name.startsWith('-')) throw new UsageError(`Give the command first, then its flags (${name}).`);
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`There is no command "${name}". ${suggestion(name, Object.keys(commands))}`);
  }
  await execute(await commands[name]!(), given, scalpel);
});
