import type { PlannedEntry, PlannedPoint } from '../plan/index.ts';
import {
  bootstrap,
  corrected,
  type Estimate,
  hypervolume,
  type Losses,
  meanOf,
  pairedDifference,
} from '../statistics/index.ts';
import type { Known, Split } from './score.ts';

/** The hypervolume of a method in all objectives that count: the two of the plane and the further ones. */
export interface Volume {
  readonly label: string;
  /**
   * The hypervolume of the means over the seeds, without settings at which a seed diverged or failed. Null
   * while runs are missing, and if no setting is left.
   */
  readonly value: Estimate | null;
  /**
   * The hypervolume of each seed's front minus that of plain mixing, as the mean over the seeds. Null for
   * mixing itself, for main alone, and if a value is missing.
   */
  readonly difference: Estimate | null;
  /**
   * p of the sign-flip test of these differences, and p after Holm's correction for all methods of the board
   * that have one.
   */
  readonly p: number | null;
  readonly corrected: number | null;
}

/**
 * The methods, from the largest hypervolume to the smallest. Empty for an entry without further objectives.
 * `baseline` is the index of plain mixing among the methods, or -1.
 */
export function volumesOf(
  { axes, further, methods, seeds, price }: PlannedEntry,
  baseline: number,
  split: Split,
  known: Known,
): readonly Volume[] {
  if (further.length === 0) return [];
  const all = [...axes, ...further];
  const reference = all.map((axis) => axis.reference);
  const names = all.map(({ objective }) => `${split}/${objective}`);
  const indices = [...seeds.keys()];
  const volumes = methods.map(({ points }) => {
    const settings = points
      .filter((point) => !isTroubled(point, known))
      .map((point) => seedsOf(point, names, known));
    if (settings.length === 0 || !settings.every((setting) => setting !== null)) return null;
    return (drawn: readonly number[]) =>
      hypervolume(
        settings.map((setting) => meanLosses(drawn.map((index) => setting[index]!))),
        reference,
      );
  });
  const plain = volumes[baseline] ?? null;
  const rows = methods.map(({ label }, method) => {
    const volume = volumes[method]!;
    const differences =
      volume === null || plain === null || method === baseline || label === price?.alone
        ? null
        : indices.map((index) => volume([index]) - plain([index]));
    return {
      label,
      value: volume && { value: volume(indices), interval: bootstrap(indices, volume) },
      ...pairedDifference(differences),
    };
  });
  return corrected(rows).toSorted((a, b) => (b.value?.value ?? -1) - (a.value?.value ?? -1));
}

/** True if a seed has ended without a result. The setting is then left out, as in the plane. */
function isTroubled({ runs }: PlannedPoint, known: Known): boolean {
  return runs.some(({ key }) => (known.get(key)?.outcome.state ?? 'finished') !== 'finished');
}

/** The losses of each seed; null if one is missing. */
function seedsOf({ runs }: PlannedPoint, names: readonly string[], known: Known): readonly Losses[] | null {
  const found = runs.flatMap(({ key }) => {
    const outcome = known.get(key)?.outcome;
    return outcome?.state === 'finished' ? [names.map((name) => outcome.metrics[name]!)] : [];
  });
  return found.length === runs.length ? found : null;
}

function meanLosses(losses: readonly Losses[]): Losses {
  return losses[0]!.map((_, objective) => meanOf(losses.map((values) => values[objective]!)));
}
