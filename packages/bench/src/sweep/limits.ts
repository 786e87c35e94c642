import type { Progress } from '../run/index.ts';

/** When to give up on a run that goes on and on, or a worker that does not start. Seconds. */
export interface Limits {
  /** The longest that a run may take; default: for ever. */
  readonly time?: number | undefined;
  /** The longest that a run may go without a further step, and that a worker may take to be ready; default 600. */
  readonly silence?: number | undefined;
}

/** Seconds. */
export const SILENCE = 600;

/** Looks after one run. */
export interface Watch {
  /** The run has made a step. */
  heard(progress: Progress): void;
  end(): void;
}

/** Calls `giveUp` with the reason when a run passes a limit. */
export function watch({ time, silence = SILENCE }: Limits, giveUp: (reason: string) => void): Watch {
  let where = 'before its first step';
  const long =
    time === undefined
      ? undefined
      : setTimeout(() => giveUp(`took longer than its time limit of ${time} s: ended ${where}`), time * 1000);
  const silent = setTimeout(() => giveUp(`hung: no step in ${silence} s, ${where}`), silence * 1000);
  return {
    heard({ step, steps }) {
      where = `after step ${step} of ${steps}`;
      silent.refresh();
    },
    end() {
      clearTimeout(long);
      clearTimeout(silent);
    },
  };
}
