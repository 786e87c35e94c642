import * as Plot from '@observablehq/plot';
import type { Landscape, PlanePoint } from '@scalpel/core';
import type { Panel, Trajectories } from '../leaderboard/index.ts';
import { type Side, sideOf } from '../leaderboard/index.ts';
import type { Point } from '../statistics/index.ts';
import { escapeXml, formatNumber } from '../text/index.ts';
import type { Look } from './looks.ts';
import { ownId, scaleOf, shifted, standaloneSvg, svgOf } from './svg.ts';

const COLUMNS = 5;
const CELL = { width: 200, head: 30, gap: 14 };
/** The size of a map in pixels; it is square within its margins. */
const MAP = { width: 200, height: 192, marginTop: 8, marginRight: 10, marginBottom: 22, marginLeft: 28 };
const LOSSES = { width: 200, height: 172, marginTop: 20, marginRight: 10, marginBottom: 34, marginLeft: 28 };
const KEY = 30;

/** The number of levels at which a map is shaded and has contour lines. */
const LEVELS = 12;
/** Samples along each side of the map, from which the levels follow. */
const SAMPLES = 60;
/** The share of the map's side that is sampled beyond it. */
const EDGE = 0.04;

/** The line of one run, on the map or in the plane of the losses. */
interface Track {
  readonly points: readonly PlanePoint[];
  readonly ended: boolean;
  readonly title: string;
}

/**
 * Small multiples as a standalone SVG, one panel for each method and setting. A panel shows the paths on the
 * map of the two parameters, if there is one, and below it in the plane of the two losses.
 */
export function renderTrajectoriesSvg(trajectories: Trajectories, looks: ReadonlyMap<string, Look>): string {
  const { title, task, axes, landscape, panels } = trajectories;
  const owner = { title, task, of: 'paths' };
  const names = axes.map(({ objective }) => objective) as [string, string];
  const front = (landscape?.paretoSet ?? []).map((point) => lossesAt(landscape!, point, names));
  const tracks = panels.flatMap((panel) => tracksOf(panel, 'losses', names));
  const points = [...front, ...tracks.flatMap((track) => track.points)];
  const sides: readonly [Side, Side] = [sideOf(axes, 0, points), sideOf(axes, 1, points)];
  const views = [...(landscape ? [mapView(landscape, names)] : []), lossView(sides, front)];
  const height = views.reduce((total, { box }) => total + box.height, CELL.head + CELL.gap);
  const idOf = (view: View) => `${view.kind}-${ownId(owner)}`;
  return standaloneSvg({
    title: `${title}: the paths of each method`,
    owner,
    width: COLUMNS * CELL.width,
    height: KEY + Math.ceil(panels.length / COLUMNS) * height,
    parts: [
      // The background of the paths is the same in every panel, so it is drawn once.
      `<defs>${views.map((view) => `<g id="${idOf(view)}">${compact(view.backdrop)}</g>`).join('')}</defs>`,
      keyOf(names, landscape),
      ...panels.map((panel, index) => {
        const { colour } = looks.get(panel.label)!;
        let top = CELL.head;
        const parts = views.map((view) => {
          const foreground = compact(drawTracks(view, tracksOf(panel, view.kind, names), colour));
          const part = shifted(0, top, `<use href="#${idOf(view)}"/>${foreground}`);
          top += view.box.height;
          return part;
        });
        const [x, y] = [(index % COLUMNS) * CELL.width, KEY + Math.floor(index / COLUMNS) * height];
        return shifted(x, y, [headOf(panel, colour), ...parts].join('\n'));
      }),
    ],
  });
}

/** A plane for paths, with its background. */
interface View {
  readonly kind: 'map' | 'losses';
  readonly box: typeof MAP;
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  readonly backdrop: string;
}

function mapView(landscape: Landscape, names: readonly [string, string]): View {
  const { bounds, paretoSet = [] } = landscape;
  const [[x1, x2], [y1, y2]] = bounds;
  const scale = { ticks: 4, label: null, tickSize: 3 };
  const scales = { x: { ...scale, domain: [x1, x2] }, y: { ...scale, domain: [y1, y2] } };
  const contour = (name: string, look: Plot.ContourOptions) =>
    Plot.contour({
      // The outermost contours follow the edge of the samples, which should stay out of sight.
      x1: x1 - EDGE * (x2 - x1),
      x2: x2 + EDGE * (x2 - x1),
      y1: y1 - EDGE * (y2 - y1),
      y2: y2 + EDGE * (y2 - y1),
      pixelSize: 3,
      clip: true,
      value: (x: number, y: number) => landscape.losses([x, y])[name]!,
      thresholds: levelsOf(landscape, name),
      ...look,
    } as Plot.ContourOptions);
  return {
    kind: 'map',
    box: MAP,
    ...scales,
    backdrop: svgOf({
      ...MAP,
      ...scales,
      marks: [
        // The layers overlap more where the loss is higher, which makes it darker.
        contour(names[0], { fill: 'currentColor', fillOpacity: 0.028, stroke: 'none' }),
        contour(names[1], { stroke: 'currentColor', strokeOpacity: 0.4, strokeWidth: 0.6 }),
        Plot.frame({ strokeOpacity: 0.3 }),
        ...known(paretoSet),
      ],
    }),
  };
}

function lossView([x, y]: readonly [Side, Side], front: readonly Point[]): View {
  const scales = {
    x: {
      ...scaleOf(x),
      ticks: 4,
      tickSize: 3,
      label: `${x.label} →`,
      labelAnchor: 'center',
      labelOffset: 30,
    },
    y: { ...scaleOf(y), ticks: 4, tickSize: 3, label: `↑ ${y.label}` },
  } as const;
  return {
    kind: 'losses',
    box: LOSSES,
    ...scales,
    backdrop: svgOf({
      ...LOSSES,
      ...scales,
      marks: [
        Plot.gridX({ strokeOpacity: 0.1 }),
        Plot.gridY({ strokeOpacity: 0.1 }),
        Plot.frame({ strokeOpacity: 0.3 }),
        ...known(front),
      ],
    }),
  };
}

/**
 * The Pareto set or the front, and its end where the first objective is lowest. A single point stands for
 * both.
 */
function known(points: readonly PlanePoint[]): Plot.Markish[] {
  const look = { stroke: 'currentColor', clip: true } as const;
  return [
    Plot.line(points, { ...look, strokeOpacity: 0.35, strokeWidth: 5, strokeLinecap: 'round' }),
    Plot.dot(points.slice(0, 1), { ...look, symbol: 'diamond', r: 4.5, strokeOpacity: 0.8 }),
  ];
}

function drawTracks({ box, x, y }: View, tracks: readonly Track[], colour: string): string {
  const ends = tracks.flatMap(({ points, ended, title }) =>
    points.slice(-1).map(([x, y]) => ({ x, y, ended, title })),
  );
  return svgOf({
    ...box,
    x: { ...x, axis: null },
    y: { ...y, axis: null },
    symbol: { type: 'identity' },
    marks: [
      ...tracks.map(({ points, title }) =>
        Plot.line(points, { stroke: colour, strokeWidth: 1.9, clip: true, title: () => title }),
      ),
      Plot.dot(
        tracks.flatMap(({ points }) => points.slice(0, 1)),
        { r: 2.8, stroke: colour, strokeWidth: 1.4, clip: true },
      ),
      Plot.dot(
        ends.filter(({ ended }) => ended),
        { x: 'x', y: 'y', r: 3.4, fill: colour, title: 'title', clip: true },
      ),
      Plot.dot(
        ends.filter(({ ended }) => !ended),
        {
          x: 'x',
          y: 'y',
          r: 4.5,
          symbol: 'times',
          stroke: colour,
          strokeWidth: 2,
          title: 'title',
          clip: true,
        },
      ),
    ],
  });
}

function tracksOf({ runs }: Panel, kind: View['kind'], names: readonly [string, string]): Track[] {
  return runs.map(({ name, state, path: { steps, positions, losses } }) => {
    const points = steps.map((_, index): PlanePoint => {
      const [x, y] =
        kind === 'map' ? positions[index]! : names.map((objective) => losses[objective]![index]!);
      return [x!, y!];
    });
    const reached = (point: PlanePoint | undefined) => point?.map(formatNumber).join(', ');
    const where = `from ${reached(points[0])}\nto ${reached(points.at(-1))} at step ${steps.at(-1)}`;
    const title = [name, ...(steps.length > 0 ? [where] : []), ...(state === 'finished' ? [] : [state])].join(
      '\n',
    );
    return { points, ended: state === 'finished', title };
  });
}

function headOf({ label, setting, runs }: Panel, colour: string): string {
  const lost = runs.filter(({ state }) => state !== 'finished').length;
  const note = [setting, ...(lost > 0 ? [`${lost} of ${runs.length} gave up`] : [])]
    .filter(Boolean)
    .join(', ');
  return [
    textAt(MAP.marginLeft, 13, label, `font-size="13" font-weight="600" fill="${colour}"`),
    textAt(MAP.marginLeft, 25, note, 'font-size="10" fill="currentColor"'),
  ].join('\n');
}

function keyOf(names: readonly [string, string], landscape: Landscape | null): string {
  const known = landscape?.paretoSet && ['broad line: the Pareto set and its front', `◇ least ${names[0]}`];
  const map = landscape && [`the shade grows with ${names[0]}`, `thin lines: levels of ${names[1]}`];
  const key = ['○ start', '● end', '× gave up', ...(known ?? []), ...(map ?? [])].join('   ');
  return textAt(MAP.marginLeft, 12, key, 'font-size="11" fill="currentColor" xml:space="preserve"');
}

function textAt(x: number, y: number, text: string, look: string): string {
  return `<text x="${x}" y="${y}" ${look}>${escapeXml(text)}</text>`;
}

/** Levels with equal shares of the map between them. They show the shape of any loss everywhere. */
function levelsOf({ bounds, losses }: Landscape, name: string): number[] {
  const [xs, ys] = bounds.map(([from, to]) =>
    Array.from({ length: SAMPLES }, (_, index) => from + ((index + 0.5) / SAMPLES) * (to - from)),
  );
  const values = xs!.flatMap((x) => ys!.map((y) => losses([x, y])[name]!)).sort((a, b) => a - b);
  return Array.from(
    { length: LEVELS },
    (_, index) => values[Math.floor(((index + 0.5) / LEVELS) * values.length)]!,
  );
}

function lossesAt({ losses }: Landscape, point: PlanePoint, names: readonly [string, string]): Point {
  const values = losses(point);
  return [values[names[0]]!, values[names[1]]!];
}

/** Rounds places to a tenth of a pixel, a change that is hardly visible. */
function compact(svg: string): string {
  return svg.replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (digits) => String(Number(Number(digits).toFixed(1)))),
  );
}
