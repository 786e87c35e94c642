import { tell } from './errors.ts';

/** Descriptions of the foreign code that is awaited, the latest last. */
const awaited: (() => string)[] = [];

/** The seconds before a message about a slow wait. */
const PATIENCE = 15;

/**
 * Waits for code of others, such as the import of a plugin. If it never ends, a message tells what the
 * process waits for: after some seconds, or when the process ends since nothing else is left to do.
 */
export async function waitFor<Value>(what: () => string, work: () => Promise<Value>): Promise<Value> {
  awaited.push(what);
  const notice = setTimeout(() => {
    tell(`still waiting for ${what()}. Ctrl-C ends this.`);
  }, PATIENCE * 1000).unref();
  try {
    return await work();
  } finally {
    clearTimeout(notice);
    awaited.splice(awaited.lastIndexOf(what), 1);
  }
}

/**
 * Runs a program to its end. If the process ends earlier with a status of success, it prints the reason and
 * fails.
 */
export async function toTheEnd(program: () => Promise<void>): Promise<void> {
  const ended = (code: number) => {
    if (code !== 0) return;
    const what = awaited.at(-1);
    const why = what === undefined ? 'something that never comes was waited for' : `it waited for ${what()}`;
    tell(`ended before its work was done: ${why}.`);
    process.exitCode = 1;
  };
  process.on('exit', ended);
  try {
    await program();
  } finally {
    process.off('exit', ended);
  }
}
