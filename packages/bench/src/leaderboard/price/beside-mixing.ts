import { corrected, type PairedDifference } from '../../statistics/index.ts';
import type { Tested } from './price.ts';
import { type Candidate, differenceOf } from './trials.ts';

/** The choices of a method, one for each of its budgets. */
interface Chosen {
  readonly label: string;
  readonly choices: readonly (Candidate | null)[];
}

/**
 * The loss at `objective` of each method's choices minus that of plain mixing, choice by choice and seed by
 * seed, corrected for all of them. Null for mixing itself, for runs that did not all finish, and where both
 * have chosen the same runs.
 */
export function besideMixing(
  methods: readonly Chosen[],
  mixing: string | null,
  objective: number,
): readonly (readonly (Tested | null)[])[] {
  const others = methods.find(({ label }) => label === mixing)?.choices ?? [];
  return testedAll(
    methods.map(({ choices }) =>
      choices.map((own, index) => {
        const other = others[index];
        return own && other && own !== other && others !== choices ? ([own, other] as const) : null;
      }),
    ),
    objective,
  );
}

/** The same beside main alone. */
export function besideAlone(
  methods: readonly Chosen[],
  alone: Candidate,
): readonly (readonly (Tested | null)[])[] {
  return testedAll(
    methods.map(({ choices }) => choices.map((own) => own && ([own, alone] as const))),
    1,
  );
}

type Pair = readonly [Candidate, Candidate];

/**
 * Tests pairs of settings, with Holm's correction for all of them. Neighbouring budgets often have the same
 * pair: it is tested once, and counts once. A setting beside itself is no test.
 */
function testedAll(
  rows: readonly (readonly (Pair | null)[])[],
  objective: number,
): readonly (readonly (Tested | null)[])[] {
  const all = rows.flat().filter((pair) => pair !== null);
  const distinct = all.filter((pair, index) => all.findIndex((other) => isSame(pair, other)) === index);
  const tested = corrected(distinct.map((pair) => differenceBetween(pair, objective)));
  return rows.map((row) =>
    row.map((pair) => {
      const found = pair && tested[distinct.findIndex((other) => isSame(pair, other))]!;
      return found?.difference ? found : null;
    }),
  );
}

function isSame(a: Pair, b: Pair): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function differenceBetween([own, other]: Pair, objective: number): PairedDifference {
  const [mine, theirs] = [own.shown.seeds, other.shown.seeds];
  if (!mine || !theirs) return { difference: null, p: null };
  const { difference, p } = differenceOf(
    mine.map((losses, seed) => losses[objective]! - theirs[seed]![objective]!),
  );
  return { difference, p: own === other ? null : p };
}
