import { tell } from './errors.ts';

/** What foreign code is awaited for, the latest last. */
const awaited: (() => string)[] = [];

/** Seconds until one is told what takes so long. */
const PATIENCE = 15;

/**
 * Awaits code that is not ours, such as a plugin being imported. If that never ends, the process says what it was waiting for: after a while, or as it ends because nothing
 * else is left to do.
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

/** Runs a program to its end. A process that ends before its program has done so, with a status of success, says why and has failed. */
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
