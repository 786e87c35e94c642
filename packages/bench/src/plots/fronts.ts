import * as Plot from '@observablehq/plot';
import type { Board, Split } from '../leaderboard/index.ts';
import { type Corner, isOnCurve, type Mark, planeOf, type Side } from '../leaderboard/index.ts';
import { formatNumber } from '../text/index.ts';
import { LEGEND, type Look, legendOf } from './looks.ts';
import { grid, heading, scaleOf, shifted, standaloneSvg, svgOf } from './svg.ts';

const PLANE = { width: 500, height: 380 };

/** The fronts of one task as a standalone SVG: the planes of its splits side by side, with a legend below. */
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
      ...grid(),
      heading(`on ${split} data`),
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
      settingsOf(
        inside.filter((mark) => mark.method === best && isOnCurve(mark)),
        colour,
      ),
      referenceOf(x, y),
    ],
  });
}

/** The names of the best method's settings, beside its marks. */
function settingsOf(marks: readonly Mark[], colour: (mark: Mark) => string): Plot.Markish {
  return Plot.text(marks, {
    x: 'x',
    y: 'y',
    text: ({ setting }: Mark) => setting.slice(setting.indexOf(' ') + 1),
    fill: colour,
    textAnchor: 'end',
    dx: -9,
    dy: 7,
    fontSize: 10,
  });
}

function referenceOf(x: Side, y: Side): Plot.Markish {
  return Plot.dot([[x.reference, y.reference]], {
    symbol: 'plus',
    r: 6,
    stroke: 'currentColor',
    title: () =>
      `reference point of the hypervolume\n${x.label} ${formatNumber(x.reference)}\n${y.label} ${formatNumber(y.reference)}`,
  });
}
