import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { headerProblem } from './file.ts';

/**
 * Watches a file that a database has open. The database would continue to use it even if it were no longer at
 * its path.
 */
export interface FileWatch {
  /** The problem of the file; null if it is all right. */
  problem(): string | null;
  /**
   * Call this after the database is closed. Closing any descriptor of a file releases all locks that this
   * process has on it.
   */
  end(): void;
}

/** Starts to watch a file. Throws if it cannot be opened. */
export function watchFile(file: string): FileWatch {
  const path = resolve(file);
  const descriptor = openSync(path, 'r');
  const opened = fstatSync(descriptor, { bigint: true });
  let { size } = opened;
  let ended = false;

  function problem(): string | null {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined) return 'the file was deleted or renamed';
    if (now.dev !== opened.dev || now.ino !== opened.ino) return 'another file was put in its place';
    const header = headerProblem(descriptor);
    if (header !== null) return `the file was overwritten: it ${header.problem}`;
    if (now.size < size) return `the file was cut off: it has ${now.size} bytes, and had ${size}`;
    size = now.size;
    return null;
  }

  return {
    problem() {
      try {
        return problem();
      } catch (error) {
        return `the file cannot be looked at (${(error as Error).message})`;
      }
    },
    end() {
      if (ended) return;
      ended = true;
      try {
        closeSync(descriptor);
      } catch {
        // A descriptor that cannot be closed is no longer open.
      }
    },
  };
}
