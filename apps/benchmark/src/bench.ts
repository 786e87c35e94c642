import { createLeaderboard, renderText } from '@scalpel/bench';
import { type Command, command } from './command.ts';
import { writePage } from './commands/leaderboard.ts';
import { runPlan } from './commands/run.ts';
import { execute, launch } from './launch.ts';
import { print } from './output.ts';
import { shownResults } from './published.ts';
import { parseWorkers, select, selectionArguments, workersArgument } from './selection.ts';
import { terminalWidth } from './terminal.ts';

const args = {
  ...selectionArguments,
  ...workersArgument,
  suite: { ...selectionArguments.suite, required: false, default: 'quick' },
} as const;

const bench: Command = command({
  meta: { name: 'bench', description: 'Runs a suite, prints its leaderboard and writes its page' },
  args,
  run: async (given) => {
    const workers = parseWorkers(given.workers);
    const { plan, toolkit, plugins } = await select(given);
    const { left } = await runPlan(plan, { store: given.store, toolkit, plugins, workers, json: false });
    if (left > 0) return;
    const results = await shownResults(plan, given);
    print(`\n${renderText(createLeaderboard(results.plan, results.records), terminalWidth())}`);
    const page = await writePage(results.plan, results.records, `.scalpel/${plan.suite.id}.html`);
    print(`The page with the plots: ${page}`);
  },
});

launch((given) => execute(bench, given));
