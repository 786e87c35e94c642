/** An estimate of the time that runs of each task take, from the runs of this sweep. */
export interface Estimate {
  started(key: string, task: string): void;
  /** Tells that the run continues from a checkpoint. Its time says nothing about a whole run. */
  resumed(key: string): void;
  /** `share` is the part of the run that is done, in [0, 1]. */
  progress(key: string, share: number): void;
  /** Tells that a run has ended, with any outcome. Runs without their full length are not used. */
  ended(key: string, fullLength: boolean): void;
  /** Seconds until all waiting and running runs have ended. Null while a task has no measured run. */
  secondsLeft(waiting: readonly string[], workers: number): number | null;
}

/** Makes an estimate. `now` gives seconds. */
export function createEstimate(now: () => number = () => performance.now() / 1000): Estimate {
  const running = new Map<
    string,
    { readonly task: string; readonly since: number; whole: boolean; share: number }
  >();
  const seen = new Map<string, number[]>();

  /** Seconds for a run of the task: the mean over ended runs, or else a projection from the running ones. */
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
