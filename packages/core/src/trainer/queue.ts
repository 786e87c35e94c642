/** Does one piece of work after the other, in the order in which they were given. */
export interface Queue {
  /** Rejects with what the work throws, or if the queue is closed by then. */
  add<Value>(work: () => Promise<Value>): Promise<Value>;
  readonly isClosed: boolean;
  /** Refuses all work that has not begun. */
  close(): void;
}

/** `release` is called once the queue is closed and no work is under way. */
export function createQueue(release: () => void): Queue {
  let isClosed = false;
  let isBusy = false;
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(work) {
      const result = last.then(async () => {
        if (isClosed) throw new Error('The trainer has been disposed of. Create a new one.');
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
      // Work under way still needs what is released.
      if (!isBusy) release();
    },
  };
}
