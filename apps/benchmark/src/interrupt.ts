import { orderly, outputLost } from './output.ts';

/**
 * Runs work that ends in order after Ctrl-C, SIGTERM or the loss of standard output, through its signal. A
 * second request ends the process at once. The exit status is then 130, or that of the loss.
 */
export async function interruptible<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const interrupt = new AbortController();
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(130);
    process.exitCode = 130;
    interrupt.abort();
  };
  // `once` would not do: the code that restores the cursor ends the process if it finds no other listener.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await orderly(() => work(AbortSignal.any([interrupt.signal, outputLost])));
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
