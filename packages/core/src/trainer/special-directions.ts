import type { DirectionComputation } from '../direction/direction.ts';
import { elementDirection } from '../direction/elements.ts';
import { gramianDirection } from '../direction/gramian.ts';
import { keepCoefficients } from '../direction/kept-coefficients.ts';
import { partialDirection } from '../direction/partial-direction.ts';
import { singlePassDirection } from '../direction/single-pass.ts';
import { passesWith } from '../direction/start-passes.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import { maskOf } from './over.ts';
import { rolesOf } from './roles.ts';
import type { Training } from './training.ts';

/** The cheapest computation that gives the combiner what it needs, where not all gradients are compared. */
export function specialDirections<Batch>(training: Training<Batch>): DirectionComputation {
  const { combiner, variables, over, gradients, coefficients } = training.options;
  const { setup } = training;
  const common = { setup, variables, roles: rolesOf(training), startPasses: passesWith(gradients) };
  if (combiner.needs === 'elements') return elementDirection({ ...common, combiner });
  // Private variables keep the gradients of their own objective, and one weighted pass does not give these.
  if (combiner.needs !== 'gramian' && over !== 'shared') return singlePassDirection({ ...common, combiner });
  const options = { ...common, combiner: asGramian(combiner) };
  const selected = maskOf(over, variables);
  const computation = selected?.includes(false)
    ? partialDirection(options, selected)
    : gramianDirection(options);
  return coefficients ? keepCoefficients(computation, options, coefficients.every) : computation;
}
