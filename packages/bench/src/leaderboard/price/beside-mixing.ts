import { corrected } from '../../statistics/index.ts';
import type { Tested } from './price.ts';
import { type Candidate, differenceOf } from './trials.ts';

/**
 * The loss at `objective` of each method's choices minus that of plain mixing, choice by choice and seed by
 * seed, corrected for all of them. Null for mixing itself, for runs that did not all finish, and where both
 * have chosen the same runs.
 */
export function besideMixing(
  methods: readonly { readonly label: string; readonly choices: readonly (Candidate | null)[] }[],
  mixing: string | null,
  objective: number,
): readonly (readonly (Tested | null)[])[] {
  const others = methods.find(({ label }) => label === mixing)?.choices ?? [];
  const all = methods.map(({ choices }) =>
    choices.map((own, index) => {
      const other = others[index] ?? null;
      const [mine, theirs] = [own?.shown.seeds, other?.shown.seeds];
      if (!mine || !theirs || own === other || others === choices) return null;
      return differenceOf(mine.map((losses, seed) => losses[objective]! - theirs[seed]![objective]!));
    }),
  );
  return correctedAll(all);
}

/** Holm's correction over the methods and choices that have a p. */
export function correctedAll<Kind extends Omit<Tested, 'corrected'>>(
  rows: readonly (readonly (Kind | null)[])[],
): readonly (readonly ((Kind & Pick<Tested, 'corrected'>) | null)[])[] {
  const found = corrected(rows.flat().filter((one) => one !== null))[Symbol.iterator]();
  return rows.map((row) => row.map((one) => one && found.next().value!));
}
