import { visible } from '@scalpel/bench/text';

/** Wrong use of the command line: exit status 2 instead of 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Prints an error on standard error and sets the exit status. The stack is shown only if SCALPEL_DEBUG is
 * set.
 */
export function report(error: unknown): void {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  const stack = process.env.SCALPEL_DEBUG && error instanceof Error ? error.stack : undefined;
  tell(stack ?? message);
  process.exitCode = usage ? 2 : 1;
}

/** Prints a message for people on standard error. */
export function tell(message: string): void {
  process.stderr.write(`scalpel: ${visible(message)}\n`);
}
