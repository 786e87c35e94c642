/** Does pieces of work one after the other, in the order in which they are given. */
export interface Queue {
  /** Rejects with the error of the work, or if the queue is closed before the work begins. */
  add<Value>(work: () => Promise<Value>): Promise<Value>;
  readonly isClosed: boolean;
  /** Refuses all work that has not begun. */
  close(): void;
}

/**
 * Creates a queue. It calls `release` once it is closed and no work is in progress. Work that is refused then
 * has the error `closed`.
 */
export function createQueue(release: () => void, closed: string): Queue {
  let isClosed = false;
  let isBusy = false;
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(work) {
      const result = last.then(async () => {
        if (isClosed) throw new Error(closed);
        isBusy = true;
        try {
          return await work();
        } finally {
          isBusy = false;
          if (isClosed) release();
        }
      });
      last = result.catch(() => undefined);
      return result;
    },
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
      // Work in progress still needs the things that `release` frees.
      if (!isBusy) release();
    },
  };
}
