import * as Plot from '@observablehq/plot';
import type { HeatCell, HeatMap } from '../leaderboard/index.ts';
import type { Point } from '../statistics/index.ts';
import { meanOf } from '../statistics/index.ts';
import { formatDigits, formatEstimate, formatNumber } from '../text/index.ts';
import { standaloneSvg, svgOf } from './svg.ts';

const SIZE = { width: 640, height: 440 };
const THEORY = '#e8710a';

/**
 * A heat map as a standalone SVG, with both axes logarithmic: darker means a lower loss. Dots mark the best
 * value up for each value across. The dashed line has the exponent of the theory, fitted to the dots.
 */
export function renderHeatMapSvg(map: HeatMap): string {
  const { method, across, up, objective, cells, valley, exponent } = map;
  const [columns, rows] = [sidesOf(cells.map((cell) => cell.across)), sidesOf(cells.map((cell) => cell.up))];
  const values = cells.flatMap(({ value }) => value ?? []);
  const line = exponent === undefined || valley.length === 0 ? [] : theory(valley, exponent, columns);
  const svg = svgOf({
    ...SIZE,
    style: { fontSize: '12px' },
    marginTop: 62,
    marginLeft: 70,
    marginRight: 20,
    marginBottom: 48,
    x: { type: 'log', domain: domainOf(columns) },
    y: { type: 'log', domain: domainOf(rows) },
    color: {
      type: 'log',
      domain: [Math.min(...values), Math.max(...values)],
      scheme: 'YlGnBu',
      reverse: true,
    },
    marks: [
      ...axesOf(map, [...columns.keys()], [...rows.keys()]),
      ...cellMarks(map, columns, rows),
      Plot.line(line, { stroke: THEORY, strokeWidth: 2, strokeDasharray: '6 4', clip: true }),
      Plot.dot(valley, { fill: 'white', stroke: 'black', strokeWidth: 1.5, r: 5 }),
      ...captionOf(map).map((caption, index) =>
        Plot.text([caption], {
          text: (words: string) => words,
          frameAnchor: 'top-left',
          dy: -54 + 18 * index,
          fontSize: 13,
        }),
      ),
    ],
  });
  return standaloneSvg({
    title: `${method}: ${objective} by ${across} and ${up}`,
    owner: { map: method, across, up, objective },
    ...SIZE,
    parts: [svg],
  });
}

function axesOf(
  { across, up }: HeatMap,
  columns: readonly number[],
  rows: readonly number[],
): Plot.Markish[] {
  // Ticks are drawn as text here, since Plot leaves out digits on a logarithmic scale.
  const look = { text: formatNumber, labelAnchor: 'center', labelArrow: 'none' } as const;
  return [
    Plot.axisX([...columns], { ...look, label: `${across} →`, labelOffset: 40 }),
    Plot.axisY([...rows], { ...look, label: `${up} →`, labelOffset: 56 }),
  ];
}

/** The edges of cells, by their values. */
type Sides = ReadonlyMap<number, Point>;

function cellMarks({ across, up, objective, cells }: HeatMap, columns: Sides, rows: Sides): Plot.Markish[] {
  return [
    Plot.rect(
      cells.filter(({ value }) => value !== null),
      {
        x1: ({ across }: HeatCell) => columns.get(across)![0],
        x2: ({ across }: HeatCell) => columns.get(across)![1],
        y1: ({ up }: HeatCell) => rows.get(up)![0],
        y2: ({ up }: HeatCell) => rows.get(up)![1],
        fill: 'value',
        inset: 1,
        title: (cell: HeatCell) =>
          `${across} ${formatNumber(cell.across)}\n${up} ${formatNumber(cell.up)}\n${objective} ${formatNumber(cell.value!)}`,
      },
    ),
    Plot.text(cells, {
      x: ({ across }: HeatCell) => columns.get(across)![0],
      y: 'up',
      textAnchor: 'start',
      dx: 8,
      text: ({ value }: HeatCell) => (value === null ? 'no result' : formatDigits(value, 2)),
      // Black on white outlines is readable on every colour of the scheme.
      fill: 'black',
      stroke: 'white',
      strokeWidth: 3,
      fontSize: 11,
    }),
  ];
}

/** Describes the plot, and how well the valley agrees with the theory. */
export function captionOf({ method, across, up, objective, seeds, slope, exponent }: HeatMap): string[] {
  const mean = seeds === 1 ? 'one seed' : `mean of ${seeds} seeds`;
  const found = slope === null ? '' : `best ${up} ∝ ${across}^(${formatEstimate(slope)}), dots`;
  const theory = exponent === undefined ? '' : `theory: exponent ${formatDigits(exponent, 2)}, dashed`;
  return [`${method}: ${objective} after training, ${mean}`, [found, theory].filter(Boolean).join('; ')];
}

/** The edges of each value's cell: halfway to its neighbours on a logarithmic scale. */
function sidesOf(all: readonly number[]): ReadonlyMap<number, Point> {
  const values = [...new Set(all)].sort((a, b) => a - b);
  const middle = (a: number, b: number) => Math.sqrt(a * b);
  const edges = values.slice(1).map((value, index) => middle(values[index]!, value));
  const first = values[0]! ** 2 / (edges[0] ?? values[0]! * 1.2);
  const last = values.at(-1)! ** 2 / (edges.at(-1) ?? values[0]! / 1.2);
  return new Map(
    values.map((value, index): [number, Point] => [value, [edges[index - 1] ?? first, edges[index] ?? last]]),
  );
}

function domainOf(sides: ReadonlyMap<number, Point>): number[] {
  const edges = [...sides.values()].flat();
  return [Math.min(...edges), Math.max(...edges)];
}

/** A line with the given exponent across the map, fitted to the points by least squares in logarithms. */
function theory(points: readonly Point[], exponent: number, columns: ReadonlyMap<number, Point>): Point[] {
  const height = Math.exp(meanOf(points.map(([x, y]) => Math.log(y) - exponent * Math.log(x))));
  return domainOf(columns).map((x): Point => [x, height * x ** exponent]);
}
