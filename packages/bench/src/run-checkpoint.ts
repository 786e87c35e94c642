import { deserialize, serialize } from 'node:v8';
import type { Checkpoint } from '@scalpel/core';
import { z } from 'zod';
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

const finite = z.number();
const checkpoint = z.strictObject({
  // Whoever restores it looks into it.
  trainer: z.custom<Checkpoint>((value) => typeof value === 'object' && value !== null),
  seconds: finite.min(0),
  points: z.array(
    z.strictObject({ step: z.int().min(0), position: z.array(finite), train: z.record(z.string(), finite) }),
  ),
  cost: z.strictObject({ steps: z.int().min(0), peakBytes: z.int().min(0).nullable() }),
});

/** Throws for bytes that are no checkpoint. */
export function readCheckpoint({ from }: Safekeeping): RunCheckpoint | null {
  if (from === null) return null;
  try {
    return checkpoint.parse(deserialize(from));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : (error as Error).message;
    throw new Error(`What was saved of the run is damaged (${why}). Try again: the run begins anew then`, {
      cause: error,
    });
  }
}
