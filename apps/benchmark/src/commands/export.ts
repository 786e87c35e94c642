import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
  createLeaderboard,
  type Plan,
  type RunRecord,
  renderMarkdown,
  toJsonLines,
  trajectoriesOf,
} from '@scalpel/bench';
import { type Command, command } from '../command.ts';
import { select, selectionArguments } from '../selection.ts';
import { requireRecords } from '../store.ts';
import { root } from '../suites.ts';

// A part of a suite would replace the results of the whole.
const { only: _, seeds: __, full: ___, ...selection } = selectionArguments;

const args = {
  ...selection,
  to: {
    type: 'string',
    valueHint: 'folder',
    description: 'Where results/ is written; default: benchmarks/ of the repository',
  },
} as const;

export const exportResults: Command = command({
  meta: { name: 'export', description: 'Publishes the results of a suite: records, table and plots' },
  args,
  run: async ({ args: given, rawArgs }) => {
    const { plan } = await select(given, rawArgs, args);
    const records = await requireRecords(plan, given.store, given.suite);
    checkComplete(plan, records, given.suite);
    const folder = join(resolve(given.to ?? join(root, 'benchmarks')), 'results');
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of await filesOf(plan, records)) {
      writeFileSync(join(folder, name), text);
      console.log(relative(process.cwd(), join(folder, name)));
    }
  },
});

function checkComplete(plan: Plan, records: readonly RunRecord[], suite: string): void {
  const missing = plan.runs.length - records.length;
  if (missing === 0) return;
  throw new Error(
    `${missing} of ${plan.runs.length} runs have not ended, and half a suite is not published. ` +
      `Make them first: scalpel run ${suite}.`,
  );
}

/** What is published of a suite, by name. The same records give the same files. */
export async function filesOf(
  plan: Plan,
  records: readonly RunRecord[],
): Promise<readonly (readonly [string, string])[]> {
  const { looksOf, renderPlotSvg } = await import('@scalpel/bench/plots');
  const { renderTrajectoriesSvg } = await import('@scalpel/bench/trajectory-plots');
  const leaderboard = createLeaderboard(plan, records);
  const { id } = plan.suite;
  const looks = looksOf(leaderboard);
  const paths = trajectoriesOf(plan, records);
  const plots = leaderboard.boards.flatMap((board, index) => {
    const trajectories = paths[index];
    const fronts = { name: `${id}-${index + 1}.svg`, svg: renderPlotSvg(board, looks), what: 'fronts' };
    const tracks = trajectories && {
      name: `${id}-${index + 1}-paths.svg`,
      svg: renderTrajectoriesSvg(trajectories, looks),
      what: 'paths',
    };
    return [fronts, ...(tracks ? [tracks] : [])].map((plot) => ({ ...plot, title: board.title }));
  });
  const images = plots.map(({ name, what, title }) => `![The ${what} of ${title}](${name})\n`);
  return [
    [`${id}.jsonl`, toJsonLines(records)],
    [`${id}.md`, [renderMarkdown(leaderboard), '## Plots\n', ...images].join('\n')],
    ...plots.map(({ name, svg }) => [name, svg] as const),
  ];
}
