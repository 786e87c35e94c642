import { deserialize, serialize } from 'node:v8';
import type { Checkpoint } from '@scalpel/core';
import { z } from 'zod';
import type { RunCost } from '../records/index.ts';
import type { PathPoint } from './path.ts';

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

/** What was saved of a run is no checkpoint, or not one of this run: it can only begin anew. */
export class UnusableCheckpoint extends Error {
  constructor(cause: unknown) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : messageOf(cause);
    super(why, { cause });
  }
}

/** The first sentence: the others say what to do with a trainer, which who makes a run does not have. */
function messageOf(error: unknown): string {
  return (error as Error).message.split(/\.(?: (?=[A-Z])|$)/)[0]!;
}

/** Throws an `UnusableCheckpoint` for bytes that are none. */
export function readCheckpoint({ from }: Safekeeping): RunCheckpoint | null {
  if (from === null) return null;
  try {
    return checkpoint.parse(deserialize(from));
  } catch (error) {
    throw new UnusableCheckpoint(error);
  }
}
