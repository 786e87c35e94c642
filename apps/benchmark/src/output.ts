import { visible } from '@scalpel/bench/text';
import { tell } from './errors.ts';

/** The exit status that a shell reports for a program ended by a closed pipe. */
const CLOSED = 141;

/** Prints one or more lines on standard output. Hidden characters in the text are made visible. */
export function print(text: string): void {
  console.log(visible(text));
}

/** The same on standard error. */
export function printError(text: string): void {
  console.error(visible(text));
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

const lost = new AbortController();
let isOrderly = false;

/** Aborted when standard output can no longer be written. The exit status is then already set. */
export const outputLost: AbortSignal = lost.signal;

/**
 * Ends the process when its standard output is lost. If nobody reads it any more (`scalpel … | head`), the
 * status is 141 and there is no message, as for any program in a pipe. If it cannot be written for another
 * reason, the status is 1 with that reason.
 */
export function watchOutput(): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (lost.signal.aborted) return;
    const isClosed = code === 'EPIPE' || code === 'EOF';
    if (!isClosed) tell(`standard output cannot be written: ${message}. Look whether its disk is full.`);
    process.exitCode = isClosed ? CLOSED : 1;
    lost.abort();
    if (!isOrderly) process.exit();
  });
  // No reader is left, and the work may continue.
  process.stderr.on('error', () => {});
}

/** Runs work that ends in order by itself when the output is lost. */
export async function orderly<Value>(work: () => Promise<Value>): Promise<Value> {
  isOrderly = true;
  try {
    return await work();
  } finally {
    isOrderly = false;
    if (lost.signal.aborted) process.exit();
  }
}
