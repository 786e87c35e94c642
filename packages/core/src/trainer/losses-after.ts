import type { Forward } from '../forward/forward.ts';
import { lossesAgain } from '../forward/losses-again.ts';
import { snapshotVariables } from './snapshot.ts';
import type { Training } from './training.ts';

/**
 * The losses on the same batches after the update. Variables that this evaluation changes get their old
 * values back.
 */
export async function lossesAfter<Batch>(
  { options: { variables, state }, setup }: Training<Batch>,
  pass: Forward,
): Promise<readonly number[]> {
  const now = snapshotVariables([...variables, ...state]);
  try {
    return await lossesAgain(setup, pass);
  } finally {
    now.restore();
    now.release();
  }
}
