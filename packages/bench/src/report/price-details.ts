import type { Board, Price, PriceAt, Tested } from '../leaderboard/index.ts';
import {
  formatChange,
  formatDigits,
  formatEstimate,
  formatNumber,
  formatProbability,
} from '../text/index.ts';
import { powerOf } from './power.ts';
import { verdictText } from './price.ts';
import { type Column, NOTHING, rowsOf, type Table } from './table.ts';

interface Line extends PriceAt {
  readonly label: string;
}

/** The settings behind the prices, what they really cost, and their tests. Null without prices. */
export function priceDetails({ price, axes }: Board): Table | null {
  if (price?.state !== 'priced') return null;
  const lines = price.methods.flatMap(({ label, prices }) =>
    prices.filter(({ method }) => method !== null).map((at): Line => ({ label, ...at })),
  );
  const columns = [
    ...settingColumns(lines, price),
    ...costColumns(lines, price, axes),
    ...testColumns(lines, price),
  ];
  return {
    title: `What it cost, on ${price.data.shown} data`,
    columns: joined(
      columns,
      lines.map(({ budget }) => formatChange(budget)),
    ),
    basis: powersOf(lines, price),
  };
}

/** Joins neighbouring lines that differ in nothing but their budget, and adds the column of the budgets. */
function joined(columns: readonly Column[], budgets: readonly string[]): readonly Column[] {
  const rows = rowsOf(columns).map((cells) => cells.join('\n'));
  const first = rows.flatMap((row, index) => (row === rows[index - 1] ? [] : [index]));
  const ends = first.map((_, place) => (first[place + 1] ?? rows.length) - 1);
  const [method, ...others] = columns.map((column) => ({
    ...column,
    cells: first.map((index) => column.cells[index]!),
  }));
  const cells = first.map((from, place) => {
    const to = ends[place]!;
    return from === to ? budgets[from]! : `${budgets[from]} to ${budgets[to]}`;
  });
  return [method!, { head: 'budget', align: 'left', spare: 0, cells }, ...others];
}

function settingColumns(lines: readonly Line[], { alone }: Price): Column[] {
  const setting = (line: Line) => (line.method === alone.label ? alone.label : line.setting || line.label);
  return [
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
    ...accuracyColumns(lines),
    ...(lines.some(({ distance }) => distance !== null) ? [distances] : []),
  ];
}

/** The accuracies of classifiers. */
function accuracyColumns(lines: readonly Line[]): Column[] {
  const names = new Set(lines.flatMap(({ accuracies }) => Object.keys(accuracies)));
  return [...names].map((name) => ({
    head: name.replaceAll('-', ' '),
    align: 'right',
    spare: 4,
    cells: lines.map(({ accuracies: { [name]: accuracy } }) =>
      accuracy === undefined ? NOTHING : `${formatDigits(100 * accuracy, 4)} %`,
    ),
  }));
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
      note: `p: of the two-sided sign-flip test of the differences, here beside ${alone.label}, corrected for all methods and budgets; the same pair of settings counts once.`,
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
  const all = lines.flatMap(({ besideMixing }) => (besideMixing?.p == null ? [] : [besideMixing]));
  // The same pair of settings was tested once for all budgets.
  const tested = new Set(all).size;
  if (mixing === null || tested === 0) return [];
  return [
    ...(named
      ? [`The comparison that counts is ${named} beside ${mixing}, as was said before the runs.`]
      : []),
    powerOf(tested, seeds.shown.length, ['comparison', 'comparisons']),
  ];
}
