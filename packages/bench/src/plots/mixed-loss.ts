import * as Plot from '@observablehq/plot';
import type { Board } from '../leaderboard/index.ts';
import { isComplete, meansOver, type Scored, type Split, scoredOn } from '../leaderboard/index.ts';
import { bootstrapAll, type Interval, mixedLosses } from '../statistics/index.ts';
import { type Look, legendOf } from './looks.ts';
import { grid, heading, shifted, standaloneSvg, svgOf } from './svg.ts';

const PLANE = { width: 500, height: 260 };
const STEPS = 50;
const MARGIN = 0.08;
/**
 * The top of the plot, in percent. Losses more than twice those of plain mixing are cut off, since they would
 * leave little room for the rest.
 */
const HIGHEST = 100;

/** The lowest mixed loss of a method minus that of plain mixing, in percent of the latter. */
interface Mixture {
  readonly method: string;
  /** True if the method has a single setting. */
  readonly single: boolean;
  readonly t: number;
  readonly change: number;
  readonly interval: Interval | null;
}

/**
 * Figure 6 of arXiv 2402.02998 as a standalone SVG, drawn as a difference. For each t and method it takes min
 * (1 − t) main + t auxiliary over the method's settings, relative to plain mixing, which trains on just this
 * sum. Bands are 95 % intervals over the seeds. Null without plain mixing, if runs are missing, or if the
 * loss of plain mixing is not positive.
 */
export function renderMixedLossSvg(board: Board, looks: ReadonlyMap<string, Look>): string | null {
  const planes = board.splits.map((split) => ({ split, mixtures: mixturesOf(board, split) }));
  if (planes.some(({ mixtures }) => mixtures.length === 0)) return null;
  const width = planes.length * PLANE.width;
  const legend = legendOf(board, looks, width);
  return standaloneSvg({
    title: `${board.title}: mixed losses beside plain mixing`,
    owner: { mixed: board.title, task: board.task },
    width,
    height: PLANE.height + legend.height,
    parts: [
      ...planes.map(({ split, mixtures }, index) =>
        shifted(index * PLANE.width, 0, drawPlane(board, split, mixtures, looks)),
      ),
      shifted(0, PLANE.height, legend.svg),
    ],
  });
}

function mixturesOf(board: Board, split: Split): Mixture[] {
  const { rows, alone, baseline, seeds } = board;
  const complete = rows.flatMap(({ label, settings }) => {
    const scored = scoredOn(settings, split);
    return isComplete(scored, seeds.length) ? [{ label, scored }] : [];
  });
  const plain = complete.find(({ label }) => label === baseline)?.scored;
  if (!plain) return [];
  const ts = Array.from({ length: STEPS + 1 }, (_, index) => index / STEPS);
  const all = [...seeds.keys()];
  if (mixedLosses(meansOver(plain, all), ts).some((loss) => loss <= 0)) return [];
  return complete
    .filter(({ label }) => label !== baseline && label !== alone)
    .flatMap(({ label, scored }) => {
      const changes = (drawn: readonly number[]) => changesOf(scored, plain, drawn, ts);
      const single = scored.length === 1;
      const [values, intervals] = [changes(all), bootstrapAll(all, changes)];
      return ts.map((t, index) => {
        return { method: label, single, t, change: values[index]!, interval: intervals[index]! };
      });
    });
}

function changesOf(
  scored: readonly Scored[],
  plain: readonly Scored[],
  drawn: readonly number[],
  ts: readonly number[],
): number[] {
  const [own, mixed] = [scored, plain].map((each) => mixedLosses(meansOver(each, drawn), ts));
  return ts.map((_, index) => 100 * (own![index]! / mixed![index]! - 1));
}

function drawPlane(
  { baseline, axes }: Board,
  split: Split,
  mixtures: readonly Mixture[],
  looks: ReadonlyMap<string, Look>,
): string {
  const colour = ({ method }: Mixture) => looks.get(method)!.colour;
  // A method with a single setting is far from the rest, so it may leave the plot at the top.
  const swept = mixtures.filter(({ single }) => !single);
  const largest = Math.max(1e-3, ...(swept.length > 0 ? swept : mixtures).map(({ change }) => change));
  const highest = Math.min(largest, HIGHEST);
  const lowest = Math.min(0, ...mixtures.map(({ change }) => change));
  return svgOf({
    ...PLANE,
    style: { fontSize: '12px' },
    marginTop: 52,
    marginLeft: 58,
    marginRight: 20,
    marginBottom: 48,
    x: {
      domain: [0, 1],
      label: `t: from ${axes[0].objective} alone to ${axes[1].objective} alone →`,
      labelAnchor: 'center',
      labelOffset: 40,
      labelArrow: 'none',
    },
    y: {
      domain: [lowest - MARGIN * (highest - lowest), highest + MARGIN * (highest - lowest)],
      label: `↑ % above ${baseline}`,
      labelArrow: 'none',
      ticks: 6,
    },
    color: { type: 'identity' },
    marks: [
      ...grid(),
      Plot.ruleY([0], { stroke: 'currentColor', strokeDasharray: '3 3' }),
      heading(`on ${split} data`),
      Plot.areaY(
        mixtures.filter(({ interval }) => interval !== null),
        {
          x: 't',
          y1: ({ interval }: Mixture) => interval!.low,
          y2: ({ interval }: Mixture) => interval!.high,
          z: 'method',
          fill: colour,
          fillOpacity: 0.13,
          clip: true,
        },
      ),
      Plot.line(mixtures, { x: 't', y: 'change', z: 'method', stroke: colour, strokeWidth: 1.7, clip: true }),
    ],
  });
}
