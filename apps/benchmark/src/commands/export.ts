import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Toolkit } from '@scalpel/bench';
import {
  createLeaderboard,
  heatMapsOf,
  type Plan,
  type RunRecord,
  renderMarkdown,
  renderOverview,
  toJsonLines,
  trajectoriesOf,
} from '@scalpel/bench';
import { writeWhole } from '@scalpel/bench/sweep';
import { escapeMarkdown } from '@scalpel/bench/text';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { print } from '../output.ts';
import { root } from '../programs.ts';
import {
  partialFile,
  publishedIn,
  type Results,
  readResults,
  recordsFlag,
  shownResults,
} from '../published.ts';
import { select, selectionArguments } from '../selection.ts';
import { warnOfChanges } from '../store.ts';
import { ownSuiteFile, suiteFile } from '../suites.ts';

// Part of a suite must not replace the results of the whole.
const { only: _, seeds: __, full: ___, ...selection } = selectionArguments;

const args = {
  ...selection,
  ...recordsFlag,
  partial: {
    type: 'boolean',
    description:
      'Write the records of the runs that have ended, so that scalpel run goes on with them elsewhere',
  },
  to: {
    type: 'string',
    valueHint: 'folder',
    description: 'Where results/ is written; default: benchmarks/ of the repository',
  },
} as const;

export const exportResults: Command = command({
  meta: { name: 'export', description: 'Publishes the results of a suite: records, table and plots' },
  args,
  run: async (given) => {
    const { toolkit, ...selected } = await select(given);
    if (given.to === undefined) checkOwn(selected.plan, given.suite);
    const { plan, records } = await shownResults(selected.plan, given);
    warnOfChanges(records, toolkit);
    const folder = join(resolve(given.to ?? join(root, 'benchmarks')), 'results');
    const partial = partialFile(folder, plan.suite.id);
    if (given.partial) {
      writeWhole(partial, toJsonLines(records));
      print(`${relative(process.cwd(), partial)}: ${records.length} of ${plan.runs.length} runs`);
      return;
    }
    checkComplete(plan, records, given.suite);
    const files = (await filesOf(plan, records)).map(([name, text]) => [join(folder, name), text] as const);
    // In another folder the suites of the other files are unknown.
    const overview =
      given.to === undefined
        ? [[join(folder, '..', OVERVIEW), await overviewOf(folder, toolkit, { plan, records })] as const]
        : [];
    // All texts are complete before the first file is written.
    for (const [file, text] of [...files, ...overview]) {
      writeWhole(file, text);
      print(relative(process.cwd(), file));
    }
    rmSync(partial, { force: true });
  },
});

/**
 * Throws unless the suite is one of this repository. The next export would overwrite or miss the results of
 * another suite.
 */
function checkOwn(plan: Plan, suite: string): void {
  const { id } = plan.suite;
  if (suiteFile(suite) === ownSuiteFile(id)) return;
  throw new UsageError(
    `${suite} is not benchmarks/suites/${id}.ts of the repository, so its results are not published there. Say where with --to FOLDER.`,
  );
}

/** This file is beside the folder of results. */
export const OVERVIEW = 'LEADERBOARD.md';

/**
 * The main results of all published suites of this repository, sorted by name. `latest` replaces the
 * published results of its suite.
 */
export async function overviewOf(folder: string, toolkit: Toolkit, latest?: Results): Promise<string> {
  const own = latest?.plan.suite.id;
  const ids = new Set([...publishedIn(folder), ...(own === undefined ? [] : [own])]);
  const leaderboards = [...ids].sort().map(async (id) => {
    const { plan, records } = latest && id === own ? latest : await readResults(folder, id, toolkit);
    return createLeaderboard(plan, records);
  });
  return renderOverview(await Promise.all(leaderboards), 'results');
}

function checkComplete(plan: Plan, records: readonly RunRecord[], suite: string): void {
  const missing = plan.runs.length - records.length;
  if (missing === 0) return;
  throw new Error(
    `${missing} of ${plan.runs.length} runs have not ended, and half a suite is not published. ` +
      `Make them first: scalpel run ${suite}.`,
  );
}

/** The published files of a suite, by name. The same records always give the same files. */
export async function filesOf(
  plan: Plan,
  records: readonly RunRecord[],
): Promise<readonly (readonly [string, string])[]> {
  const {
    looksOf,
    renderCriticalDifferenceSvg,
    renderFrontsSvg,
    renderHeatMapSvg,
    renderMixedLossSvg,
    renderPriceSvg,
    renderTrajectoriesSvg,
  } = await import('@scalpel/bench/report');
  const leaderboard = createLeaderboard(plan, records);
  const { id } = plan.suite;
  const looks = looksOf(leaderboard);
  const paths = trajectoriesOf(plan, records);
  const plots = leaderboard.boards.flatMap((board, index) => {
    const { title } = board;
    const trajectories = paths[index];
    const mixed = renderMixedLossSvg(board, looks);
    const price = renderPriceSvg(board, looks);
    const file = `${id}-${index + 1}`;
    return [
      ...(price ? [{ name: `${file}-price.svg`, svg: price, what: `The prices of ${title}` }] : []),
      { name: `${file}.svg`, svg: renderFrontsSvg(board, looks), what: `The fronts of ${title}` },
      ...(mixed ? [{ name: `${file}-mixed.svg`, svg: mixed, what: `The mixed losses of ${title}` }] : []),
      ...(trajectories
        ? [
            {
              name: `${file}-paths.svg`,
              svg: renderTrajectoriesSvg(trajectories, looks),
              what: `The paths of ${title}`,
            },
          ]
        : []),
    ];
  });
  const ranks = leaderboard.meanRanks.map((mean, index) => ({
    name: `${id}-ranks-${index + 1}.svg`,
    svg: renderCriticalDifferenceSvg(mean, looks),
    what: `The mean ranks over ${mean.problems.length} problems`,
  }));
  const heatMaps = heatMapsOf(plan, records);
  const maps = heatMaps.map((map, index) => ({
    name: `${id}-map-${index + 1}.svg`,
    svg: renderHeatMapSvg(map),
    what: `The ${map.objective} of ${map.method} by ${map.across} and ${map.up}`,
  }));
  const all = [...maps, ...plots, ...ranks];
  const images = all.map(({ name, what }) => `![${escapeMarkdown(what)}](${name})\n`);
  return [
    [`${id}.jsonl`, toJsonLines(records)],
    [`${id}.md`, [renderMarkdown(leaderboard), '## Plots\n', ...images].join('\n')],
    ...all.map(({ name, svg }) => [name, svg] as const),
  ];
}
