import { deserialize, serialize } from 'node:v8';
import type { Checkpoint } from '@scalpel/core';
import { z } from 'zod';
import type { RunCost } from '../records/index.ts';
import type { CurvePoint } from './curve.ts';
import type { StoppingSoFar } from './early-stopping.ts';
import type { PathPoint } from './path.ts';
import type { WeightsSoFar } from './weights.ts';

/** Everything that a run needs to continue as if it had never stopped, with its record so far. */
export interface RunCheckpoint {
  readonly trainer: Checkpoint;
  readonly seconds: number;
  readonly points: readonly PathPoint[];
  readonly cost: RunCost;
  readonly curve: readonly CurvePoint[];
  readonly weights: WeightsSoFar;
  readonly stopping: StoppingSoFar;
}

/** Lets a run survive the end of its process. */
export interface Safekeeping {
  /** The last saved checkpoint, from the same environment. Null: the run starts from the beginning. */
  readonly from: Uint8Array | null;
  /** Milliseconds between two checkpoints. */
  readonly every: number;
  /** Resolves when the checkpoint is stored safely. */
  save(checkpoint: Uint8Array): Promise<void>;
}

/** Saves checkpoints when it is time. */
export interface Keeper {
  after(checkpoint: () => Promise<RunCheckpoint>): Promise<void>;
  /** The seconds spent on saving. */
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
  // The trainer checks the content when it restores it.
  trainer: z.custom<Checkpoint>((value) => typeof value === 'object' && value !== null),
  seconds: finite.min(0),
  points: z.array(
    z.strictObject({ step: z.int().min(0), position: z.array(finite), train: z.record(z.string(), finite) }),
  ),
  cost: z.strictObject({ steps: z.int().min(0), peakBytes: z.int().min(0).nullable() }),
  curve: z.array(
    z.strictObject({ step: z.int().min(0), seconds: finite.min(0), values: z.record(z.string(), finite) }),
  ),
  weights: z.strictObject({
    steps: z.int().min(0),
    sums: z.array(finite),
    remembered: z.array(z.array(finite)),
  }),
  stopping: z.strictObject({
    lowest: z.union([finite, z.literal(Number.POSITIVE_INFINITY)]),
    misses: z.int().min(0),
    best: z.array(z.instanceof(Float32Array)),
  }),
});

/** The saved bytes are no checkpoint, or not one of this run. The run can only start again. */
export class UnusableCheckpoint extends Error {
  constructor(cause: unknown) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : messageOf(cause);
    super(why, { cause });
  }
}

/**
 * The first sentence of the message. The others are advice for the owner of a trainer, which does not fit
 * here.
 */
function messageOf(error: unknown): string {
  return (error as Error).message.split(/\.(?: (?=[A-Z])|$)/)[0]!;
}

/**
 * Reads the saved checkpoint; null if there is none. Throws an `UnusableCheckpoint` for bytes that are no
 * checkpoint.
 */
export function readCheckpoint({ from }: Safekeeping): RunCheckpoint | null {
  if (from === null) return null;
  try {
    return checkpoint.parse(deserialize(from));
  } catch (error) {
    throw new UnusableCheckpoint(error);
  }
}
