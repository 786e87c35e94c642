import * as Plot from '@observablehq/plot';
import type { Board, Leaderboard, Split } from '../leaderboard/index.ts';
import { type Corner, isOnCurve, type Mark, planeOf } from '../leaderboard/index.ts';
import { formatNumber } from '../text/index.ts';
import { scaleOf, shifted, standaloneSvg, svgOf } from './svg.ts';

/** How a method looks in every plot of a leaderboard. */
export interface Look {
  readonly colour: string;
  readonly symbol: string;
}

/** Readable on white and on black. Whoever cannot tell two of them apart has the symbols. */
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

const PLANE = { width: 500, height: 380 };
const LEGEND = { column: 150, row: 22, margin: 58 };

/** The same look for a label on every board. */
export function looksOf({ boards }: Leaderboard): ReadonlyMap<string, Look> {
  const labels = new Set(boards.flatMap(({ rows }) => rows.map(({ label }) => label)).sort());
  const looks = [...labels].map((label, index): readonly [string, Look] => [
    label,
    { colour: COLOURS[index % COLOURS.length]!, symbol: SYMBOLS[index % SYMBOLS.length]! },
  ]);
  return new Map(looks);
}

/** The fronts of one task as a standalone SVG: a plane for each split side by side, and a legend below. */
export function renderFrontsSvg(board: Board, looks: ReadonlyMap<string, Look>): string {
  const width = Math.max(1, board.splits.length) * PLANE.width;
  const legend = legendOf(board, looks, width);
  const height = PLANE.height + legend.height;
  return standaloneSvg({
    title: `${board.title}: where each method got to`,
    owner: { title: board.title, task: board.task },
    width,
    height,
    parts: [
      ...board.splits.map((split, index) => shifted(index * PLANE.width, 0, drawPlane(board, split, looks))),
      shifted(0, PLANE.height, legend.svg),
    ],
  });
}

function drawPlane(board: Board, split: Split, looks: ReadonlyMap<string, Look>): string {
  const { x, y, marks, bands } = planeOf(board, split);
  const best = board.rows[0]?.label;
  const colour = ({ method }: Mark | Corner) => looks.get(method)!.colour;
  const inside = marks.filter((mark) => mark.inside);
  return svgOf({
    ...PLANE,
    style: { fontSize: '12px' },
    marginTop: 52,
    marginLeft: LEGEND.margin,
    marginRight: 20,
    marginBottom: 48,
    x: { ...scaleOf(x), label: `${x.label} →`, labelAnchor: 'center', labelOffset: 40 },
    y: { ...scaleOf(y), label: `↑ ${y.label}` },
    color: { type: 'identity' },
    symbol: { type: 'identity' },
    marks: [
      Plot.gridX({ strokeOpacity: 0.1 }),
      Plot.gridY({ strokeOpacity: 0.1 }),
      Plot.frame({ strokeOpacity: 0.3 }),
      Plot.text([`on ${split} data`], {
        text: (text: string) => text,
        frameAnchor: 'top',
        dy: -24,
        fontSize: 13,
        fontWeight: 600,
      }),
      Plot.hull(bands, {
        x: 'x',
        y: 'y',
        z: 'part',
        fill: colour,
        fillOpacity: 0.1,
        stroke: 'none',
        clip: true,
      }),
      Plot.line(marks.filter(isOnCurve), {
        x: 'x',
        y: 'y',
        z: 'method',
        stroke: colour,
        strokeWidth: 1.5,
        clip: true,
      }),
      Plot.dot(inside, {
        x: 'x',
        y: 'y',
        fill: colour,
        symbol: ({ method }: Mark) => looks.get(method)!.symbol,
        r: 4.5,
        title: 'title',
      }),
      Plot.text(
        inside.filter((mark) => mark.method === best && isOnCurve(mark)),
        {
          x: 'x',
          y: 'y',
          text: ({ setting }: Mark) => setting.slice(setting.indexOf(' ') + 1),
          fill: colour,
          textAnchor: 'end',
          dx: -9,
          dy: 7,
          fontSize: 10,
        },
      ),
      Plot.dot([[x.reference, y.reference]], {
        symbol: 'plus',
        r: 6,
        stroke: 'currentColor',
        title: () =>
          `reference point of the hypervolume\n${x.label} ${formatNumber(x.reference)}\n${y.label} ${formatNumber(y.reference)}`,
      }),
    ],
  });
}

/** Below planes of that width. */
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
