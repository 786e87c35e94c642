import * as Plot from '@observablehq/plot';
import type { Board, Leaderboard } from '../leaderboard/index.ts';
import { svgOf } from './svg.ts';

/** The look of a method in every plot of a leaderboard. */
export interface Look {
  readonly colour: string;
  readonly symbol: string;
}

/**
 * Colours that are readable on white and on black. Symbols help readers who cannot tell two colours apart.
 */
export const COLOURS: readonly string[] = [
  '#3b7dd8',
  '#e8710a',
  '#12a594',
  '#d6336c',
  '#8b5cf6',
  '#7a8594',
  '#2f9e44',
  '#b8860b',
  '#0ca6d6',
  '#a0522d',
  '#e05cc8',
  '#7cb518',
];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'];

/** Sizes in pixels; `margin` is also that of planes above a legend. */
export const LEGEND: Readonly<Record<'column' | 'row' | 'margin', number>> = {
  column: 150,
  row: 22,
  margin: 58,
};

/** One look for each label, the same on every board. Main alone is the last to take one. */
export function looksOf({ boards }: Leaderboard): ReadonlyMap<string, Look> {
  const alone = new Set(boards.map(({ alone }) => alone));
  const labels = new Set(boards.flatMap(({ rows }) => rows.map(({ label }) => label)).sort());
  const [rivals, others] = [false, true].map((is) => [...labels].filter((label) => alone.has(label) === is));
  const looks = [...rivals!, ...others!].map((label, index): readonly [string, Look] => [
    label,
    { colour: COLOURS[index % COLOURS.length]!, symbol: SYMBOLS[index % SYMBOLS.length]! },
  ]);
  return new Map(looks);
}

/** The legend below planes of that width. */
export function legendOf(
  { rows }: Board,
  looks: ReadonlyMap<string, Look>,
  width: number,
): { svg: string; height: number } {
  const columns = Math.max(1, Math.floor((width - LEGEND.margin) / LEGEND.column));
  const height = Math.ceil(rows.length / columns) * LEGEND.row + 8;
  const entries = rows.map(({ label }, index) => ({
    label,
    x: LEGEND.margin + (index % columns) * LEGEND.column,
    y: 8 + Math.floor(index / columns) * LEGEND.row,
  }));
  const svg = svgOf({
    width,
    height,
    margin: 0,
    axis: null,
    x: { type: 'identity' },
    y: { type: 'identity' },
    color: { type: 'identity' },
    symbol: { type: 'identity' },
    marks: [
      Plot.dot(entries, {
        x: 'x',
        y: 'y',
        r: 5,
        fill: ({ label }: { label: string }) => looks.get(label)!.colour,
        symbol: ({ label }: { label: string }) => looks.get(label)!.symbol,
      }),
      Plot.text(entries, { x: 'x', y: 'y', text: 'label', dx: 10, textAnchor: 'start', fontSize: 12 }),
    ],
  });
  return { svg, height };
}
