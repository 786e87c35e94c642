import * as Plot from '@observablehq/plot';
import type { Board, Price } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import { formatNumber } from '../text/index.ts';
import { type Look, legendOf } from './looks.ts';
import { type Mark, marksOf } from './price-marks.ts';
import { heading, shifted, standaloneSvg, svgOf } from './svg.ts';

const PLANE = { width: 480, height: 380 };
const MARGIN = 0.06;
/** The highest rise of the main loss that the plot has room for, in percent. */
const HIGHEST = 15;
/** The rise up to which the plot goes at least. */
const LOWEST_END = 2;
const CAPTION = 40;

/**
 * The price curve as a standalone SVG: what each chosen setting really cost, and its auxiliary loss. Straight
 * lines join the settings of neighbouring budgets, and the picture says so. Null without prices.
 */
export function renderPriceSvg(board: Board, looks: ReadonlyMap<string, Look>): string | null {
  const { price, axes, title, task } = board;
  if (price?.state !== 'priced') return null;
  const legend = legendOf(board, looks, PLANE.width);
  return standaloneSvg({
    title: `${title}: the ${axes[1].objective} that a rise of the ${axes[0].objective} buys`,
    owner: { price: title, task },
    width: PLANE.width,
    height: PLANE.height + CAPTION + legend.height,
    parts: [
      drawPlane(board, price, looks),
      shifted(0, PLANE.height, caption()),
      shifted(0, PLANE.height + CAPTION, legend.svg),
    ],
  });
}

function drawPlane({ axes }: Board, price: Price, looks: ReadonlyMap<string, Look>): string {
  const marks = marksOf(price);
  const colour = ({ method }: Mark) => looks.get(method)!.colour;
  const inside = marks.filter(({ x }) => x <= HIGHEST);
  const isLog = axes[1].scale === 'log' && inside.every(({ up }) => up[0] > 0);
  const points = inside.filter((mark, index) => mark.x !== 0 || index === inside.length - 1);
  const [left, right] = domainOf(inside, ({ across }) => across, [0, LOWEST_END], HIGHEST);
  const ticks = BUDGETS.map((budget) => Math.round(100 * budget)).filter((x) => left <= x && x <= right);
  return svgOf({
    ...PLANE,
    style: { fontSize: '13px' },
    marginTop: 52,
    marginLeft: 58,
    marginRight: 16,
    marginBottom: 46,
    x: {
      domain: [left, right],
      ticks,
      tickFormat: (tick: number) => formatNumber(tick),
      label: `rise of the ${axes[0].objective}, % →`,
      labelAnchor: 'center',
      labelOffset: 40,
      labelArrow: 'none',
    },
    y: {
      type: isLog ? 'log' : 'linear',
      domain: domainOf(inside, ({ up }) => up, [], Number.POSITIVE_INFINITY),
      label: `↑ ${axes[1].objective}`,
      labelArrow: 'none',
      ticks: 6,
      tickFormat: formatNumber,
    },
    color: { type: 'identity' },
    symbol: { type: 'identity' },
    marks: [
      Plot.gridX({ ticks, strokeOpacity: 0.1 }),
      Plot.gridY({ strokeOpacity: 0.1 }),
      Plot.frame({ strokeOpacity: 0.3 }),
      Plot.ruleX([0], { stroke: 'currentColor', strokeDasharray: '3 3' }),
      heading(`on ${price.data.shown} data`),
      Plot.ruleY(points, {
        y: 'y',
        x1: ({ across }: Mark) => across[0],
        x2: ({ across }: Mark) => across[1],
        stroke: colour,
        strokeOpacity: 0.45,
        clip: true,
      }),
      Plot.ruleX(points, {
        x: 'x',
        y1: ({ up }: Mark) => up[0],
        y2: ({ up }: Mark) => up[1],
        stroke: colour,
        strokeOpacity: 0.45,
        clip: true,
      }),
      Plot.line(marks, { x: 'x', y: 'y', z: 'method', stroke: colour, strokeWidth: 1.5, clip: true }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        fill: colour,
        symbol: ({ method }: Mark) => looks.get(method)!.symbol,
        r: 4.5,
        title: 'title',
      }),
    ],
  });
}

/** From the lowest to the highest end of the intervals, with a margin, and not beyond `most`. */
function domainOf(
  marks: readonly Mark[],
  ends: (mark: Mark) => readonly [number, number],
  within: readonly number[],
  most: number,
): [number, number] {
  const values = [...marks.flatMap(ends), ...within];
  const [low, high] = [Math.min(...values), Math.min(most, Math.max(...values))];
  const margin = MARGIN * (high - low || 1);
  return [low - margin, high + margin];
}

function caption(): string {
  const lines = [
    'Each mark is a setting that was chosen for a budget, with 95 % intervals.',
    'Straight lines join neighbouring settings; between them nothing was run.',
  ];
  return svgOf({
    width: PLANE.width,
    height: CAPTION,
    margin: 0,
    axis: null,
    x: { type: 'identity' },
    y: { type: 'identity' },
    marks: [
      Plot.text(lines, {
        x: () => 14,
        y: (_: string, index: number) => 10 + 17 * index,
        text: (line: string) => line,
        textAnchor: 'start',
        fontSize: 12,
        fillOpacity: 0.75,
      }),
    ],
  });
}
