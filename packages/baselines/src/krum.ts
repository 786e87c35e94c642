import {
  type CombinerDefinition,
  checkOptions,
  type GramianCombiner,
  type SymmetricMatrix,
  wholeNumber,
} from '@scalpel/core';
import * as v from 'valibot';
import { mostRows } from './parts/most-rows.ts';

/*
 * Krum and Multi-Krum: the mean of the m gradients with the nearest neighbours. Of K gradients, f may be
 * arbitrary. Each gradient has the score
 *
 *   sᵢ = Σ ‖gᵢ − gⱼ‖²  over its K − f − 2 nearest others j,
 *
 * and the m gradients with the lowest scores are chosen.
 *
 * Blanchard, El Mhamdi, Guerraoui, Stainer, "Machine Learning with Adversaries: Byzantine Tolerant Gradient
 * Descent", NeurIPS 2017, arXiv 1703.02757, section 4; Multi-Krum in section 7.
 */

export interface KrumOptions {
  /** f, how many gradients may be arbitrary, >= 0. At least f + 3 objectives are needed. Default 1. */
  readonly byzantine?: number;
  /** m, how many gradients are chosen, >= 1. Default 1. */
  readonly selected?: number;
}

const schema = v.strictObject({
  byzantine: v.optional(wholeNumber(0), 1),
  selected: v.optional(wholeNumber(1), 1),
});

const convention =
  'Of equal scores the first in the order of the objectives wins. Where objectives are absent, at most those present are chosen.';

/** Krum. Throws if fewer than f + 3 objectives are present. */
export function krum(options: KrumOptions = {}): GramianCombiner {
  const { byzantine, selected } = checkOptions('krum', schema, options);
  return {
    name: 'krum',
    needs: 'gramian',
    distances: true,
    check(setup) {
      const count = mostRows(setup);
      checkEnough(byzantine, count, 'there are');
      if (selected <= count) return;
      throw new Error(
        `krum: selected is ${selected}, but there are ${count} objectives. Select at most all of them.`,
      );
    },
    combine({ gramian, distances, rows }) {
      checkEnough(byzantine, rows.length, 'in this step there are');
      const scores = rows.map((_, row) => scoreOf(distances!, row, byzantine));
      const chosen = [...rows.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b).slice(0, selected);
      return {
        coefficients: Array.from({ length: gramian.size }, (_, row) =>
          chosen.includes(row) ? 1 / chosen.length : 0,
        ),
      };
    },
  };
}

export const krumDefinition: CombinerDefinition = {
  id: 'krum',
  title: 'Krum and Multi-Krum',
  summary: 'The mean of the gradients that have the others nearest by.',
  paper: {
    title: 'Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent',
    authors: 'Blanchard, El Mhamdi, Guerraoui, Stainer',
    year: 2017,
    arxiv: '1703.02757',
  },
  version: 2,
  guarantees: ['weighted'],
  convention,
  options: schema,
  create: krum,
};

function scoreOf(distances: SymmetricMatrix, row: number, byzantine: number): number {
  const { size } = distances;
  return Array.from({ length: size }, (_, other) => distances.at(row, other))
    .filter((_, other) => other !== row)
    .sort((a, b) => a - b)
    .slice(0, size - byzantine - 2)
    .reduce((sum, square) => sum + square, 0);
}

function checkEnough(byzantine: number, count: number, where: string): void {
  if (count >= byzantine + 3) return;
  throw new Error(
    `krum: with byzantine ${byzantine} it takes ${byzantine + 3} objectives, but ${where} ${count}. ` +
      'Give more, lower byzantine, or use median.',
  );
}
