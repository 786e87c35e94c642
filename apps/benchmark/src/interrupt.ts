import { orderly, outputLost } from './output.ts';

/**
 * Does something that Ctrl-C, a polite kill and the loss of standard output end in order, through the signal. Asked a second time, the process ends at once. Its exit status
 * is 130 then, or that of the loss.
 */
export async function interruptible<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const interrupt = new AbortController();
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(130);
    process.exitCode = 130;
    interrupt.abort();
  };
  // Not `once`: what restores the cursor ends the process if it finds no other listener left.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await orderly(() => work(AbortSignal.any([interrupt.signal, outputLost])));
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
