import type { Board, Price, PriceAt, Tested } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import { formatChange, formatEstimate, formatNumber, formatProbability } from '../text/index.ts';
import { powerOf } from './power.ts';
import { verdictText } from './price.ts';
import { type Column, NOTHING, type Table } from './table.ts';

interface Line extends PriceAt {
  readonly label: string;
}

/** The settings behind the prices, what they really cost, and their tests. Null without prices. */
export function priceDetails({ price, axes }: Board): Table | null {
  if (price?.state !== 'priced') return null;
  const { methods, data } = price;
  const lines = BUDGETS.flatMap((_, index) =>
    methods.map(({ label, prices }): Line => ({ label, ...prices[index]! })),
  ).filter(({ method }) => method !== null);
  return {
    title: `What it cost, on ${data.shown} data`,
    columns: [
      ...settingColumns(lines, price),
      ...costColumns(lines, price, axes),
      ...testColumns(lines, price),
    ],
    basis: powersOf(lines, price),
  };
}

function settingColumns(lines: readonly Line[], { alone }: Price): Column[] {
  const setting = (line: Line) => (line.method === alone.label ? alone.label : line.setting || line.label);
  return [
    { head: 'budget', align: 'right', spare: 0, cells: lines.map(({ budget }) => formatChange(budget)) },
    { head: 'method', align: 'left', spare: 0, cells: lines.map(({ label }) => label) },
    { head: 'setting', align: 'left', spare: 2, cells: lines.map(setting) },
  ];
}

function costColumns(lines: readonly Line[], { alone }: Price, [main, auxiliary]: Board['axes']): Column[] {
  const distances: Column = {
    head: 'distance',
    align: 'right',
    spare: 4,
    cells: lines.map(({ distance }) => (distance === null ? NOTHING : formatNumber(distance))),
    note: 'Distance: from where runs end to the known answer or set of answers, the mean over seeds.',
  };
  return [
    {
      head: `rise of ${main.objective}`,
      align: 'left',
      spare: 0,
      cells: lines.map(({ cost }) => (cost ? formatChange(cost) : NOTHING)),
      note: `Rise of ${main.objective}: minus that of ${alone.label}, seed by seed, in percent of the budgets' unit, the mean ± half of the 95 % interval.`,
    },
    { head: 'verdict', align: 'left', spare: 0, cells: lines.map(({ verdict }) => verdictText(verdict)) },
    {
      head: `${auxiliary.objective} beside ${alone.label}`,
      align: 'left',
      spare: 3,
      cells: lines.map(({ gain }) => (gain ? formatEstimate(gain.difference!, true) : NOTHING)),
    },
    ...(lines.some(({ distance }) => distance !== null) ? [distances] : []),
  ];
}

function testColumns(lines: readonly Line[], { mixing, alone }: Price): Column[] {
  const holm = (tested: Tested | null) =>
    tested?.corrected == null ? NOTHING : formatProbability(tested.corrected);
  return [
    {
      head: 'p, Holm',
      align: 'right',
      spare: 5,
      cells: lines.map(({ gain }) => holm(gain)),
      note: `p: of the two-sided sign-flip test of the differences, here beside ${alone.label}, corrected for all methods and budgets.`,
    },
    ...(mixing === null
      ? []
      : ([
          {
            head: `beside ${mixing}`,
            align: 'left',
            spare: 1,
            cells: lines.map(({ besideMixing }) =>
              besideMixing ? formatEstimate(besideMixing.difference!, true) : NOTHING,
            ),
            note: `Beside ${mixing}: minus that of ${mixing} within the same budget, seed by seed; less is better.`,
          },
          {
            head: 'p, Holm',
            align: 'right',
            spare: 1,
            cells: lines.map(({ besideMixing }) => holm(besideMixing)),
          },
        ] as const)),
  ];
}

/** What the tests beside plain mixing can find. */
function powersOf(lines: readonly Line[], { mixing, named, seeds }: Price): string[] {
  const tested = lines.filter(({ besideMixing }) => (besideMixing?.p ?? null) !== null).length;
  if (mixing === null || tested === 0) return [];
  return [
    ...(named
      ? [`The comparison that counts is ${named} beside ${mixing}, as was said before the runs.`]
      : []),
    powerOf(tested, seeds.shown.length, ['comparison', 'comparisons']),
  ];
}
