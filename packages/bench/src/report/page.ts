import type { Board, HeatMap, Leaderboard, Trajectories } from '../leaderboard/index.ts';
import {
  captionOf,
  type Look,
  looksOf,
  renderCriticalDifferenceSvg,
  renderFrontsSvg,
  renderHeatMapSvg,
  renderMixedLossSvg,
  renderPriceSvg,
  renderTrajectoriesSvg,
} from '../plots/index.ts';
import { escapeXml } from '../text/index.ts';
import { machinesOf } from './machines.ts';
import { meanRanksTable } from './mean-ranks.ts';
import { priceNotices } from './price.ts';
import { type Notes, notesOnce, rowsOf, type Table } from './table.ts';
import { frontTablesOf, priceTablesOf } from './tables.ts';
import { troubleLines } from './troubles.ts';

/**
 * One HTML page with all plots and tables. It loads nothing and runs no script. The paths are in the order of
 * the boards.
 */
export function renderHtml(
  leaderboard: Leaderboard,
  paths: readonly (Trajectories | null)[] = [],
  maps: readonly HeatMap[] = [],
): string {
  const { suite, boards, meanRanks } = leaderboard;
  const looks = looksOf(leaderboard);
  const notes = notesOnce();
  const sections = boards.map((board, index) => {
    const [prices, tables] = [priceTablesOf(board), frontTablesOf(board)].map((shown) =>
      shown.map((one) => table(one, 'h3', notes)),
    );
    return section(board, { prices: prices!, tables: tables! }, paths[index] ?? null, looks);
  });
  const ranks = meanRanks.map((mean) => {
    const figure = `<figure>${renderCriticalDifferenceSvg(mean, looks)}</figure>`;
    return `<section>\n${table(meanRanksTable(mean), 'h2', notes)}\n${figure}\n</section>`;
  });
  const pictures = maps.map(
    (map) =>
      `<section>\n<h2>${escapeXml(captionOf(map)[0]!)}</h2>\n<figure>${renderHeatMapSvg(map)}</figure>\n</section>`,
  );
  const machines = machinesOf(leaderboard).map((machine) => `<li>${escapeXml(machine)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(suite.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeXml(suite.title)}</h1>
<p>${escapeXml(suite.summary)}</p>
</header>
${[...pictures, ...sections, ...ranks].join('\n')}
<section>
<h2>How to read it</h2>
${boards.some(({ price }) => price?.state === 'priced') ? `<p>${PRICES}</p>` : ''}
<p>In the plots of all settings each point is a method at one setting: the mean over seeds, in a band from the lowest to the highest seed. Both losses are
minimised: further down and further left is better. A line joins the settings of one method in their order. The plus is the
reference point of the hypervolume; lines that leave the plot lead to points beyond it. The settings of the best method are written beside it. Rest the pointer on a mark for its numbers.</p>
<p>The hypervolume is the area between a method's front and the reference point, in the units of the two losses: more is better.
Settings at which a seed diverged or failed are not part of a front.</p>
${paths.some((board) => board !== null) ? `<p>${PATHS}</p>` : ''}
</section>
<section>
<h2>Where it ran</h2>
<ul>${machines.join('\n') || '<li>Nowhere yet.</li>'}</ul>
</section>
</body>
</html>
`;
}

function section(
  board: Board,
  { prices, tables }: { readonly prices: readonly string[]; readonly tables: readonly string[] },
  paths: Trajectories | null,
  looks: ReadonlyMap<string, Look>,
): string {
  const { title, task, troubles, baseline } = board;
  const lost = troubleLines(troubles).map((line) => `<li>${escapeXml(line)}</li>`);
  const mixed = renderMixedLossSvg(board, looks);
  const price = renderPriceSvg(board, looks);
  return `<section>
<h2>${escapeXml(title)}</h2>
<p class="quiet">Task ${escapeXml(`${task.id}, version ${task.version}, options ${JSON.stringify(task.options)}`)}</p>
${priceNotices(board)
  .map((notice) => `<p>${escapeXml(notice)}</p>`)
  .join('\n')}
${price ? `<figure>${price}</figure>` : ''}
${prices.join('\n')}
<figure>${renderFrontsSvg(board, looks)}</figure>
${tables.join('\n')}
${mixed ? `<h3>Mixed losses beside ${escapeXml(baseline!)}</h3>\n<p class="quiet">${MIXTURES}</p>\n<figure>${mixed}</figure>` : ''}
${paths ? `<h3>Paths</h3>\n<figure>${renderTrajectoriesSvg(paths, looks)}</figure>` : ''}
${lost.length > 0 ? `<h3>Runs without a result</h3>\n<ul>${lost.join('\n')}</ul>` : ''}
</section>`;
}

function table(shown: Table, heading: 'h2' | 'h3', notes: Notes): string {
  const { title, columns } = shown;
  const head = columns.map(
    (column) => `<th class="${column.align}" scope="col">${escapeXml(column.head)}</th>`,
  );
  const rows = rowsOf(columns).map((row) => {
    const cells = row.map((cell, index) => `<td class="${columns[index]!.align}">${escapeXml(cell)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return `${title === null ? '' : `<${heading}>${escapeXml(title)}</${heading}>\n`}<div class="wide"><table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
<p class="quiet">${escapeXml(notes(shown, columns))}</p>`;
}

const MIXTURES = `For each t the least (1 − t) main + t auxiliary loss over the settings of a method, in percent above that of plain mixing, which lowers just such a
sum: below the dashed line is better. What is above 100 % leaves the plot. Bands are 95 % intervals over the seeds.`;

const PRICES = `A price is what the auxiliary loss becomes if the main loss may rise by a budget above that of main alone, the method that trains on nothing
else. Below 0 % the main loss must fall. For each method and budget one setting is chosen beforehand, so the real rise may differ from the budget: the table of costs has it with its interval.`;

const PATHS = `Paths have a panel for each method and setting, and a line in it for each seed. Above are the two parameters, below the two losses at the
same steps: at most a hundred of them, closer together at the start. A path leaves the plane of the losses where it is worse than the reference point.`;

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --rule: #d1d9e0; --paper: #ffffff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --rule: #3d444d; --paper: #0d1117 } }
body { margin: 0 auto; max-width: 1060px; padding: 24px 20px 60px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 28px; margin: 0 0 4px }
h2 { font-size: 20px; margin: 40px 0 4px }
h3 { font-size: 15px; margin: 16px 0 4px }
figure { margin: 12px 0 }
figure > svg { max-width: 100%; height: auto; color: var(--ink) }
.quiet { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: separate; border-spacing: 0; font-size: 13px; font-variant-numeric: tabular-nums }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap }
th { font-weight: 600 }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--paper) }
.left { text-align: left }
.right { text-align: right }
`;
