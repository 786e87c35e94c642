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

/** A method by the hypervolume in all objectives that count, those of the plane and the further ones. */
export interface Volume {
  readonly label: string;
  /** Of the means over the seeds, without settings at which a seed diverged or failed; null while runs are missing, and where no setting is left. */
  readonly value: Estimate | null;
  /** Of each seed's own front minus that of plain mixing, the mean over the seeds; null for mixing itself, and where a value is missing. */
  readonly difference: Estimate | null;
  /** Of the sign-flip test of these differences, and after Holm's correction for all methods of the board that have one. */
  readonly p: number | null;
  readonly corrected: number | null;
}

/** The largest first; empty for an entry without further objectives. `baseline`: index of plain mixing among the methods, -1 without it. */
export function volumesOf(
  { axes, further, methods, seeds }: PlannedEntry,
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
      volume === null || plain === null || method === baseline
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

/** Whether a seed has ended without a result: as on the plane, the mean of the lucky ones would mean nothing. */
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
