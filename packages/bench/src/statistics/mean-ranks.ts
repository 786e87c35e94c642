/// <reference path="./jstat.d.ts" />
import { checkNumbers, randomFrom } from '@scalpel/core';
import jstat from 'jstat';
import { meanOf } from './bootstrap.ts';

/** Methods ranked over several problems (Demšar, JMLR 2006). */
export interface MeanRanks {
  /** The titles of the problems. */
  readonly problems: readonly string[];
  /**
   * The best method first. Rank 1 is the best, and methods with equal scores share the mean of their ranks.
   */
  readonly methods: readonly { readonly label: string; readonly rank: number }[];
  /**
   * p of Friedman's test that all methods are alike. It is the share of 10,000 random orders within each
   * problem whose mean ranks are at least as far apart.
   */
  readonly p: number;
  /**
   * The critical difference at 5 % by Nemenyi's test: two methods differ if their mean ranks are further
   * apart.
   */
  readonly criticalDifference: number;
}

const DRAWS = 10_000;

/**
 * Ranks methods over problems. `scores` has a row for each problem, with a score for each label: more is
 * better. Throws with fewer than two of either.
 */
export function meanRanks(
  problems: readonly string[],
  labels: readonly string[],
  scores: readonly (readonly number[])[],
): MeanRanks {
  if (problems.length < 2 || labels.length < 2) {
    throw new Error('Mean ranks compare two methods or more over two problems or more.');
  }
  checkNumbers('meanRanks', { scores });
  const wrong = scores.findIndex((row) => row.length !== labels.length);
  if (scores.length !== problems.length || wrong >= 0) {
    const found = wrong < 0 ? `${scores.length} rows` : `${scores[wrong]!.length} numbers in row ${wrong}`;
    throw new Error(
      `meanRanks: scores has ${found}. Give a row for each problem, with a number for each label.`,
    );
  }
  const ranks = scores.map(ranksOf);
  const means = labels.map((_, method) => meanOf(ranks.map((row) => row[method]!)));
  return {
    problems,
    methods: labels.map((label, method) => ({ label, rank: means[method]! })).sort((a, b) => a.rank - b.rank),
    p: friedman(ranks),
    criticalDifference: nemenyi(labels.length, problems.length),
  };
}

/** Ranks of scores: 1 for the highest. Equal scores share the mean of their ranks. */
export function ranksOf(scores: readonly number[]): number[] {
  return scores.map((score) => {
    const better = scores.filter((other) => other > score).length;
    const equal = scores.filter((other) => other === score).length;
    return better + (equal + 1) / 2;
  });
}

/** A permutation test, since the chi-squared approximation does not hold for few problems. */
function friedman(ranks: readonly (readonly number[])[]): number {
  const random = randomFrom(ranks.length);
  const rows = ranks.map((row) => [...row]);
  const spread = () => {
    const sums = rows[0]!.map((_, method) => rows.reduce((sum, row) => sum + row[method]!, 0));
    return sums.reduce((total, sum) => total + sum ** 2, 0);
  };
  const seen = spread();
  let asFar = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    for (const row of rows) shuffle(row, random);
    if (spread() >= seen) asFar++;
  }
  return (1 + asFar) / (1 + DRAWS);
}

function shuffle(row: number[], random: () => number): void {
  for (let last = row.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [row[last], row[other]] = [row[other]!, row[last]!];
  }
}

/** q √(k (k + 1) / 6N), where q is the studentized range at 5 % divided by √2. */
function nemenyi(methods: number, problems: number): number {
  const quantile = jstat.tukey.inv(0.95, methods, Number.POSITIVE_INFINITY) / Math.SQRT2;
  return quantile * Math.sqrt((methods * (methods + 1)) / (6 * problems));
}

/**
 * True if Friedman's test finds any difference at 5 %. Otherwise pairs are not compared (Demšar, section
 * 3.2.2).
 */
export function someDiffer({ p }: MeanRanks): boolean {
  return p <= 0.05;
}

/** The longest groups of neighbouring methods, best first, in which no two are shown to differ. */
export function alikeIn(ranks: MeanRanks): readonly (readonly string[])[] {
  const { methods, criticalDifference } = ranks;
  if (!someDiffer(ranks)) return [methods.map(({ label }) => label)];
  const runs = methods.map(({ rank }, first) => {
    const end = methods.findLastIndex((other) => other.rank - rank <= criticalDifference);
    return { first, end };
  });
  return runs
    .filter(({ first, end }, index) => end > first && (index === 0 || runs[index - 1]!.end < end))
    .map(({ first, end }) => methods.slice(first, end + 1).map(({ label }) => label));
}
