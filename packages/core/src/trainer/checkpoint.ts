import type { KeptCoefficients } from '../direction/direction.ts';
import type { OptimizerState } from './optimizer-state.ts';
import type { SettledOver } from './over.ts';
import type { SavedTensor } from './saved-tensor.ts';

/**
 * Everything that training needs to continue as if it had never stopped, bit for bit on the same backend. It
 * is plain data (JSON values and Float32Arrays): store it with `node:v8`'s serialize, in IndexedDB, or in
 * another way.
 */
export interface Checkpoint {
  readonly format: 1;
  readonly combiner: string;
  readonly objectives: readonly string[];
  readonly seed: number;
  readonly step: number;
  readonly over: SettledOver;
  /** Names of the variables over which inner products run. Null while they are not known. */
  readonly shared: readonly string[] | null;
  readonly variables: Readonly<Record<string, SavedTensor>>;
  readonly state: Readonly<Record<string, SavedTensor>>;
  /** Null if the trainer has no optimizer. */
  readonly optimizer: OptimizerState | null;
  /** Remembered rows, with one tensor per variable, or null for zeros. */
  readonly remembered: readonly (readonly (SavedTensor | null)[])[];
  /** The combiner's memory: one value per group of variables. */
  readonly memory: readonly unknown[];
  /** The coefficients that the steps to come use: see the option `coefficients`. Absent if none are kept. */
  readonly coefficients?: KeptCoefficients | null;
}
