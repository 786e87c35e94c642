import * as Plot from '@observablehq/plot';
import type { Point } from '../statistics/index.ts';
import { COLOURS } from './looks.ts';
import { grid, heading, standaloneSvg, svgOf } from './svg.ts';

/** One quantity as a function of another. */
export interface Curve {
  readonly name: string;
  /** Points from left to right; all numbers are positive. */
  readonly points: readonly Point[];
  /** True for the curve to which the others are compared. */
  readonly isReference?: boolean;
}

const SIZE = { width: 640, height: 360 };

/** Curves on logarithmic axes as a standalone SVG. Each curve has its name at its end. */
export function renderCurvesSvg(picture: {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
}): string {
  const { title, x, y, curves } = picture;
  const colourOf = ({ isReference }: Curve, index: number) =>
    isReference ? 'currentColor' : COLOURS[index % COLOURS.length]!;
  const svg = svgOf({
    ...SIZE,
    style: { fontSize: '12px' },
    marginTop: 52,
    marginLeft: 58,
    marginRight: 190,
    marginBottom: 48,
    x: { ...logarithmic(curves, 0), label: `${x} →`, labelAnchor: 'center', labelOffset: 40 },
    y: { ...logarithmic(curves, 1), label: `↑ ${y}` },
    marks: [
      ...grid(),
      heading(title),
      ...curves.flatMap((curve, index) => {
        const stroke = colourOf(curve, index);
        const points = curve.points as Plot.Data;
        return [
          Plot.line(points, {
            stroke,
            strokeWidth: 1.5,
            ...(curve.isReference && { strokeDasharray: '4 3' }),
          }),
          ...(curve.isReference ? [] : [Plot.dot(points, { fill: stroke, r: 3.5 })]),
        ];
      }),
      Plot.text(namesAtEnds(curves), {
        x: 'x',
        y: 'y',
        text: 'name',
        fill: ({ index }: { index: number }) => colourOf(curves[index]!, index),
        textAnchor: 'start',
        dx: 9,
      }),
    ],
    color: { type: 'identity' },
  });
  return standaloneSvg({ title, owner: { title, x, y }, ...SIZE, parts: [svg] });
}

/**
 * From the smallest to the largest value, with the same relative margin on both ends. The range is never
 * empty.
 */
function domainOf(curves: readonly Curve[], side: 0 | 1): Point {
  const values = curves.flatMap(({ points }) => points.map((point) => point[side]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(1.05, (most / least) ** 0.04);
  return [least / margin, most * margin];
}

function logarithmic(curves: readonly Curve[], side: 0 | 1): Plot.ScaleOptions {
  const [least, most] = domainOf(curves, side);
  const decades = Math.log10(most / least);
  return {
    type: 'log',
    domain: [least, most],
    labelArrow: 'none',
    tickFormat: most >= 1e5 ? '~s' : '~g',
    // Digits within a decade have room only if there are few decades.
    ...(decades > 3 && { ticks: Math.floor(decades) }),
  };
}

/** The places of the names, moved apart where two would overlap. */
function namesAtEnds(
  curves: readonly Curve[],
): { readonly name: string; readonly index: number; readonly x: number; readonly y: number }[] {
  const [least, most] = domainOf(curves, 1);
  const line = (most / least) ** 0.06;
  const right = Math.max(...curves.flatMap(({ points }) => points.map(([x]) => x)));
  const names = curves
    .map(({ name, points }, index) => ({ name, index, x: right, y: points.at(-1)![1] }))
    .sort((a, b) => a.y - b.y);
  let free = 0;
  return names.map((entry) => {
    const y = Math.max(entry.y, free);
    free = y * line;
    return { ...entry, y };
  });
}
