import { visible } from '@scalpel/bench/text';
import { tell } from './errors.ts';

/** What a shell reports of a program that a closed pipe has ended. */
const CLOSED = 141;

/** A line on standard output, or several. What others wrote in them is shown and not obeyed. */
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

/** Aborted when standard output cannot be written any more; the exit status is set by then. */
export const outputLost: AbortSignal = lost.signal;

/**
 * Ends the process when nobody reads its standard output any more (`scalpel … | head`), with status 141 and no word, as any program in a pipe ends; or
 * when it cannot be written for another reason, with status 1 and that reason.
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
  // There is nobody left to be told, and the work may go on.
  process.stderr.on('error', () => {});
}

/** Does something that ends in order by itself when the output is lost. */
export async function orderly<Value>(work: () => Promise<Value>): Promise<Value> {
  isOrderly = true;
  try {
    return await work();
  } finally {
    isOrderly = false;
    if (lost.signal.aborted) process.exit();
  }
}
