import { resolve } from 'node:path';
import {
  createLeaderboard,
  heatMapsOf,
  type Plan,
  type RunRecord,
  renderJson,
  renderMarkdown,
  renderText,
  trajectoriesOf,
} from '@scalpel/bench';
import { writeWhole } from '@scalpel/bench/sweep';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { recordsFlag, shownResults } from '../published.ts';
import { select, selectionArguments } from '../selection.ts';
import { warnOfChanges } from '../store.ts';
import { terminalWidth } from '../terminal.ts';

const args = {
  ...selectionArguments,
  ...recordsFlag,
  html: { type: 'string', valueHint: 'file', description: 'Write a self-contained page with plots' },
  markdown: { type: 'boolean', description: 'Print Markdown' },
  json: { type: 'boolean', description: 'Print JSON' },
} as const;

export const leaderboard: Command = command({
  meta: { name: 'leaderboard', description: 'Compares the methods of a suite by the results in the store' },
  args,
  run: async (given) => {
    if (given.markdown && given.json) throw new UsageError('Give --markdown or --json, not both.');
    const { toolkit, ...selected } = await select(given);
    const { plan, records } = await shownResults(selected.plan, given);
    warnOfChanges(records, toolkit);
    const board = createLeaderboard(plan, records);
    if (given.html !== undefined) await writePage(plan, records, given.html);
    process.stdout.write(
      given.json
        ? renderJson(board)
        : given.markdown
          ? renderMarkdown(board)
          : renderText(board, terminalWidth()),
    );
  },
});

/** Writes the page to a file, and returns its path. */
export async function writePage(plan: Plan, records: readonly RunRecord[], file: string): Promise<string> {
  // Imported only here: the plots bring a document of their own, which loads slowly.
  const { renderHtml } = await import('@scalpel/bench/report');
  const path = resolve(file);
  writeWhole(
    path,
    renderHtml(createLeaderboard(plan, records), trajectoriesOf(plan, records), heatMapsOf(plan, records)),
  );
  return path;
}
