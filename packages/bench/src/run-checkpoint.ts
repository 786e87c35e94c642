import { deserialize, serialize } from 'node:v8';
import type { Checkpoint } from '@scalpel/core';
import type { PathPoint } from './path.ts';
import type { RunCost } from './record.ts';

/** All that a run needs to go on as if it had never stopped, its record included. */
export interface RunCheckpoint {
  readonly trainer: Checkpoint;
  readonly seconds: number;
  readonly points: readonly PathPoint[];
  readonly cost: RunCost;
}

/** How a run survives the end of its process. */
export interface Safekeeping {
  /** What was saved last, in the same environment; null: the run begins. */
  readonly from: Uint8Array | null;
  /** How often to save. Milliseconds. */
  readonly every: number;
  /** Resolves when it is safe. */
  save(checkpoint: Uint8Array): Promise<void>;
}

/** Saves checkpoints when it is time. */
export interface Keeper {
  after(checkpoint: () => Promise<RunCheckpoint>): Promise<void>;
  /** Time that the saving took. */
  seconds(): number;
}

export function createKeeper({ every, save }: Safekeeping): Keeper {
  let seconds = 0;
  let saved = performance.now();
  return {
    async after(checkpoint) {
      const start = performance.now();
      if (start - saved < every) return;
      await save(serialize(await checkpoint()));
      saved = performance.now();
      seconds += (saved - start) / 1000;
    },
    seconds: () => seconds,
  };
}

export function readCheckpoint({ from }: Safekeeping): RunCheckpoint | null {
  return from && (deserialize(from) as RunCheckpoint);
}
