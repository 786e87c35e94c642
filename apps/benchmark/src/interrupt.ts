/** Does something that Ctrl-C and a polite kill end in order, through the signal. Asked a second time, the process ends at once. */
export async function interruptible<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const interrupt = new AbortController();
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  // Not `once`: what restores the cursor ends the process if it finds no other listener left.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(interrupt.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
