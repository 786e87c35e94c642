// Arrows, points and words as SVG, on panels that stand side by side.

export type Point = readonly [x: number, y: number];

/** Each has a contrast of at least 4 on white and on GitHub's dark page, so that one picture serves both. */
export const COLORS = {
  blue: '#3a7bd5',
  orange: '#c2641b',
  green: '#2b8a4d',
  grey: '#747c88',
} as const;
type Color = keyof typeof COLORS;

/** A part of a picture with axes of its own: x to the right, y upwards. */
export interface Panel {
  arrow(to: Point, color: Color, style?: Style): string;
  line(points: readonly Point[], color: Color, style?: Style): string;
  dot(at: Point, color: Color): string;
  /** Centred below the point, unless `anchor` says which end of the words is there. */
  words(at: Point, text: string, color: Color, anchor?: Anchor): string;
}

interface Style {
  /** In pixels, default 3. */
  readonly width?: number;
  readonly opacity?: number;
  readonly dashed?: boolean;
  /** Where an arrow begins, default [0, 0]. */
  readonly from?: Point;
}

type Anchor = 'start' | 'middle' | 'end';

const FONT_SIZE = 20;

/** `origin` is where [0, 0] lies, in pixels from the upper left corner; `unit` is how many pixels 1 is long, along each axis. */
export function panel(origin: Point, [across, up]: Point): Panel {
  const place = ([x, y]: Point): Point => [origin[0] + x * across, origin[1] - y * up];
  const path = (points: readonly Point[], color: Color, { width = 3, opacity = 1, dashed }: Style) =>
    `<polyline points="${points.map(written).join(' ')}" fill="none" stroke="${COLORS[color]}" stroke-width="${width}"` +
    `${opacity < 1 ? ` opacity="${opacity}"` : ''}${dashed ? ' stroke-dasharray="7 6"' : ''} stroke-linejoin="round"/>`;
  return {
    arrow(to, color, style = {}) {
      const [start, tip] = [place(style.from ?? [0, 0]), place(to)];
      const { shaft, head } = arrowHead(start, tip, style.width ?? 3);
      const opacity = (style.opacity ?? 1) < 1 ? ` opacity="${style.opacity}"` : '';
      return (
        path([start, shaft], color, style) +
        `\n<polygon points="${head.map(written).join(' ')}" fill="${COLORS[color]}"${opacity}/>`
      );
    },
    line: (points, color, style = {}) => path(points.map(place), color, style),
    dot(at, color) {
      const [x, y] = place(at).map(digits);
      return `<circle cx="${x}" cy="${y}" r="3.5" fill="${COLORS[color]}" opacity="0.6"/>`;
    },
    words(at, text, color, anchor = 'middle') {
      const [x, y] = place(at).map(digits);
      return `<text x="${x}" y="${y}" fill="${COLORS[color]}" text-anchor="${anchor}">${text}</text>`;
    },
  };
}

/** The whole picture. `title` is read aloud to those who do not see it. */
export function picture(size: Point, title: string, parts: readonly string[]): string {
  const [width, height] = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="system-ui, sans-serif" font-size="${FONT_SIZE}" role="img">`,
    `<title>${title}</title>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** The end of the shaft and the three corners of the head. A short arrow has a small head. */
function arrowHead(start: Point, tip: Point, width: number): { shaft: Point; head: readonly Point[] } {
  const [x, y] = [tip[0] - start[0], tip[1] - start[1]];
  const length = Math.hypot(x, y);
  if (length === 0) return { shaft: tip, head: [] };
  const size = Math.min(5 + 3 * width, 0.6 * length);
  const [along, aside] = [
    [(x / length) * size, (y / length) * size],
    [((-y / length) * size) / 2.4, ((x / length) * size) / 2.4],
  ] as const;
  const back: Point = [tip[0] - along[0], tip[1] - along[1]];
  const corner = (side: number): Point => [back[0] + side * aside[0], back[1] + side * aside[1]];
  return { shaft: back, head: [tip, corner(1), corner(-1)] };
}

function written(point: Point): string {
  return point.map(digits).join(',');
}

/** A tenth of a pixel: what the last bits of a sine may change is never seen. */
function digits(x: number): number {
  return Math.round(10 * x) / 10 + 0;
}
