/** How long runs of each task take, from those seen in this sweep. */
export interface Estimate {
  started(key: string, task: string): void;
  /** The run goes on from where it was saved: how long it takes here says nothing about a whole one. */
  resumed(key: string): void;
  /** `share` of the run that is done, in [0, 1]. */
  progress(key: string, share: number): void;
  /** Whatever the outcome; runs that did not go their full length teach nothing. */
  ended(key: string, fullLength: boolean): void;
  /** Seconds until the waiting and running runs are over; null while a task has not been seen. */
  secondsLeft(waiting: readonly string[], workers: number): number | null;
}

/** `now` in seconds. */
export function createEstimate(now: () => number = () => performance.now() / 1000): Estimate {
  const running = new Map<
    string,
    { readonly task: string; readonly since: number; whole: boolean; share: number }
  >();
  const seen = new Map<string, number[]>();

  /** Seconds that a run of the task takes: what ended ones took, or else what the running ones promise. */
  function lengthOf(task: string): number | null {
    const promised = () =>
      [...running.values()]
        .filter((run) => run.task === task && run.whole && run.share > 0)
        .map(({ since, share }) => (now() - since) / share);
    const lengths = seen.get(task) ?? promised();
    return lengths.length === 0 ? null : lengths.reduce((a, b) => a + b) / lengths.length;
  }

  return {
    started: (key, task) => running.set(key, { task, since: now(), whole: true, share: 0 }),
    resumed: (key) => {
      const run = running.get(key);
      if (run) run.whole = false;
    },
    progress: (key, share) => {
      const run = running.get(key);
      if (run) run.share = share;
    },
    ended: (key, fullLength) => {
      const run = running.get(key);
      running.delete(key);
      if (run?.whole && fullLength) seen.set(run.task, [...(seen.get(run.task) ?? []), now() - run.since]);
    },
    secondsLeft: (waiting, workers) => {
      const ahead = waiting.map(lengthOf);
      const under = [...running.values()].map(({ task, since }) => {
        const length = lengthOf(task);
        return length === null ? null : Math.max(0, length - (now() - since));
      });
      let total = 0;
      for (const seconds of [...ahead, ...under]) {
        if (seconds === null) return null;
        total += seconds;
      }
      return Math.max(total / workers, ...under.map((seconds) => seconds ?? 0));
    },
  };
}
