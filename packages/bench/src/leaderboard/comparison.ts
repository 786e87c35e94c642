import type { PlannedEntry } from '../plan/index.ts';
import type { Point } from '../statistics/index.ts';
import {
  bootstrap,
  corrected,
  deltaM,
  dominanceShare,
  type Estimate,
  hypervolume,
  type Interval,
  lowestMain,
  meanOf,
  mixedLoss,
  nonDominated,
  pairedDifference,
} from '../statistics/index.ts';
import { isComplete, meansOver, type Scored, type Setting, type Split, scoredOn } from './score.ts';

/** A method compared with plain mixing on one split, seed by seed. */
export interface Comparison {
  /**
   * The hypervolume of the method's front minus that of plain mixing: the mean over the seeds, each with its
   * own fronts. Positive if the method is better. Null while runs are missing.
   */
  readonly difference: Estimate | null;
  /** p of the sign-flip test of these differences; null with a single seed. */
  readonly p: number | null;
  /** p after Holm's correction for all methods of the board that have one. */
  readonly corrected: number | null;
  /**
   * The share, from 0 to 1, of plain mixing's front that this method's front weakly dominates. Below it, the
   * other way round.
   */
  readonly dominates: number | null;
  readonly dominated: number | null;
  /**
   * The lowest main loss of the front at the auxiliary loss of the anchor, minus the anchor's main loss. Null
   * if no point of the front has so low an auxiliary loss.
   */
  readonly atAnchor: Estimate | null;
  /**
   * The lowest Δm over the settings against the anchor, in percent. Null if a loss of the anchor is not
   * positive.
   */
  readonly deltaM: number | null;
  /** The share of t in [0, 1] at which min (1 − t) main + t auxiliary is lower than that of plain mixing. */
  readonly mixedLoss: number | null;
}

/** The setting in the middle of plain mixing's front. */
export interface Anchor {
  readonly setting: string;
  readonly point: Point;
}

/** The values of t at which mixed losses are compared. */
const MIXTURES: readonly number[] = Array.from({ length: 101 }, (_, index) => index / 100);

/** The setting in the middle of the front of plain mixing; null without points. */
export function anchorOf(baseline: readonly Setting[], split: Split): Anchor | null {
  const scored = scoredOn(baseline, split);
  const front = nonDominated(scored.map(({ mean }) => mean));
  const point = front[Math.floor(front.length / 2)];
  const setting = scored.find(({ mean }) => mean === point);
  return setting ? { setting: setting.name, point: setting.mean } : null;
}

/**
 * Compares each method of a board with plain mixing on one split. Null for mixing itself, for main alone,
 * which is no rival, and where there is nothing to compare.
 */
export function comparisonsOf(
  methods: readonly (readonly Setting[])[],
  baseline: number,
  split: Split,
  entry: PlannedEntry,
): readonly (Comparison | null)[] {
  const plain = methods[baseline] ?? [];
  const anchor = anchorOf(plain, split);
  const compared = methods.map((settings, method) => {
    const scored = scoredOn(settings, split);
    const isAlone = entry.methods[method]!.label === entry.price?.alone;
    if (method === baseline || isAlone || anchor === null || scored.length === 0) return null;
    return compare(scored, scoredOn(plain, split), anchor, entry);
  });
  const tested = corrected(compared.filter((comparison) => comparison !== null))[Symbol.iterator]();
  return compared.map((comparison) => comparison && tested.next().value!);
}

function compare(
  scored: readonly Scored[],
  plain: readonly Scored[],
  anchor: Anchor,
  { axes, seeds }: PlannedEntry,
): Omit<Comparison, 'corrected'> {
  const reference: Point = [axes[0].reference, axes[1].reference];
  const indices = [...seeds.keys()];
  const complete = isComplete(scored, seeds.length) && isComplete(plain, seeds.length);
  const anchored = plain.find(({ name }) => name === anchor.setting)!;
  const own = scored.map(({ mean }) => mean);
  const others = plain.map(({ mean }) => mean);
  const differences = complete
    ? indices.map(
        (index) =>
          hypervolume(meansOver(scored, [index]), reference) -
          hypervolume(meansOver(plain, [index]), reference),
      )
    : null;
  const atAnchor = (points: readonly Point[], [main, auxiliary]: Point) => {
    const lowest = lowestMain(points, auxiliary);
    return lowest === null ? null : lowest - main;
  };
  const changes = own.flatMap((point) => deltaM(point, anchor.point) ?? []);
  return {
    ...pairedDifference(differences),
    dominates: dominanceShare(own, others),
    dominated: dominanceShare(others, own),
    atAnchor: estimate(
      atAnchor(own, anchor.point),
      complete
        ? bootstrap(indices, (drawn) => atAnchor(meansOver(scored, drawn), meansOver([anchored], drawn)[0]!))
        : null,
    ),
    deltaM: changes.length === 0 ? null : Math.min(...changes),
    mixedLoss: meanOf(MIXTURES.map((t) => (mixedLoss(own, t) < mixedLoss(others, t) ? 1 : 0))),
  };
}

function estimate(value: number | null, interval: Interval | null): Estimate | null {
  return value === null ? null : { value, interval };
}
