import type { DirectionComputation } from '../direction/direction.ts';
import { gramianDirection } from '../direction/gramian.ts';
import { passesWith } from '../direction/start-passes.ts';
import { loaded } from '../loaded.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import type { Training } from './training.ts';

/**
 * The computation of directions of this training. A page loads at first that for inner products of all gradients,
 * and any other when the first step begins.
 */
export async function directionsOf<Batch>(training: Training<Batch>): Promise<DirectionComputation> {
  training.directions ??= await startDirections(training);
  return training.directions;
}

async function startDirections<Batch>(training: Training<Batch>): Promise<DirectionComputation> {
  const { combiner, variables, over, at, gradients, coefficients } = training.options;
  const isUsual = combiner.needs === 'gramian' && over === 'all' && !coefficients;
  if (!isUsual && !at) {
    const code = import('./special-directions.ts');
    return (await loaded(`steps of ${combiner.name} with these options`, code)).specialDirections(training);
  }
  const options = {
    setup: training.setup,
    variables,
    startPasses: passesWith(gradients),
    combiner: asGramian(combiner),
    roles: () => {
      const trained = training.frozen.map((isFrozen) => !isFrozen);
      return { compared: trained, combined: trained };
    },
  };
  return at ? at.directions(options) : gramianDirection(options);
}
