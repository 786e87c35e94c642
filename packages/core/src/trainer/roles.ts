import type { DirectionOptions } from '../direction/direction.ts';
import { sharedBy } from './shared-variables.ts';
import type { Training } from './training.ts';

/** What is done with each variable in the steps of a training. */
export function rolesOf<Batch>(training: Training<Batch>): DirectionOptions<unknown>['roles'] {
  const { objectives, variables, over } = training.options;
  return (rows, reached) => {
    const { frozen } = training;
    if (over === 'shared') training.shared ??= sharedBy(objectives, variables, rows, reached);
    // A frozen variable has no gradients to compare its remembered rows with.
    const compared = frozen.map((isFrozen, v) => !isFrozen && training.shared?.[v] !== false);
    if (typeof over === 'string') return { compared, combined: compared };
    return { compared, combined: frozen.map((isFrozen) => !isFrozen) };
  };
}
