import * as v from 'valibot';
import type { ElementStep, GradientCombiner } from '../combiner.ts';
import { wholeNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { checkCombiner } from '../protocol/check-combiner.ts';
import { batchesOf } from '../protocol/declared.ts';
import { type ObjectivePriority, setupOf } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import { weighted } from './arithmetic.ts';
import { byCoefficients } from './by-coefficients.ts';
import { byElement } from './by-element.ts';
import type { VectorCombination } from './combine.ts';
import { lossesOf, rowsOf, type VectorStep } from './input.ts';

/** Runs a combiner on plain float64 vectors, without tensors. It is the reference for all other engines. */
export interface VectorEngine {
  /**
   * One step. Throws for ragged, missing or non-finite input, and for anything the combiner refuses. Then
   * nothing has changed.
   */
  step(input: VectorStep): VectorCombination;
}

const schema = v.strictObject({
  combiner: v.unknown(),
  objectives: v.array(v.unknown()),
  seed: v.optional(wholeNumber()),
});

export function createVectorEngine(options: {
  readonly combiner: GradientCombiner;
  readonly objectives: readonly ObjectivePriority[];
  readonly seed?: number;
}): VectorEngine {
  checkOptions('createVectorEngine', schema, options);
  const { combiner, objectives, seed = 0 } = options;
  checkCombiner('createVectorEngine', combiner);
  const batches = batchesOf(combiner);
  const setup = setupOf(objectives, batches);
  combiner.check?.(setup);
  const combine = combiner.needs === 'elements' ? byElement(combiner) : byCoefficients(combiner, setup);
  let step = 0;

  return {
    step(input) {
      const vectors = rowsOf(input, objectives, batches);
      const present = setup.rows.map((_, index) => index).filter((index) => vectors[index] !== null);
      if (present.length === 0) throw new Error('Every objective is absent: there is nothing to combine.');
      const weights = present.map((index) => objectives[index % objectives.length]!.weight ?? 1);
      const context = (losses: readonly number[] | undefined): ElementStep => ({
        setup,
        rows: present.map((index) => setup.rows[index]!),
        losses: lossesOf(losses, present, setup.rows.length, objectives.length).map((loss, row) =>
          weighted(loss, weights[row]!),
        ),
        step,
        epoch: input.epoch ?? 0,
        random: randomFrom(seed, step),
      });
      const answer = combine(
        present.map((index, row) => vectors[index]!.map((x) => weighted(x, weights[row]!))),
        context(input.losses),
        input.lossesAfter && context(input.lossesAfter),
        weights,
      );
      step++;
      return answer;
    },
  };
}
