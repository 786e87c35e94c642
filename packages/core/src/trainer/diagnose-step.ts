import { diagnoseAnew } from '../direction/diagnose-anew.ts';
import type { Diagnostics } from '../direction/diagnostics.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { rolesOf } from './roles.ts';
import type { Training } from './training.ts';

/** The diagnostics of a step whose combiner needs less than they do. */
export function diagnoseStep<Batch>(
  training: Training<Batch>,
  pass: Forward,
  direction: Row,
): Promise<Diagnostics> {
  const { variables } = training.options;
  return diagnoseAnew(pass, { roles: rolesOf(training), variables }, direction);
}
