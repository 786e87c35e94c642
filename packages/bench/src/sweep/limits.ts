import type { Progress } from '../run/index.ts';

/** Limits, in seconds, for a run that does not end or a worker that does not start. */
export interface Limits {
  /** The longest time for a run; default: no limit. */
  readonly time?: number | undefined;
  /** The longest time for a single step, and for a worker to be ready; default 600. */
  readonly silence?: number | undefined;
}

/** The default limit of silence, in seconds. */
export const SILENCE = 600;

/** Watches one run. */
export interface Watch {
  /** Tells that the run has made a step. */
  heard(progress: Progress): void;
  end(): void;
}

/** Watches a run. Calls `giveUp` with the reason when the run passes a limit. */
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
