import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { headerProblem } from './file.ts';

/** Looks after a file that a database has open, and would go on to use if it was not at its path any more. */
export interface FileWatch {
  /** What has happened to the file; null: nothing. */
  problem(): string | null;
  /** Call it when the database is closed, not before: to close any descriptor of a file lets go of the locks that this process has on it. */
  end(): void;
}

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
        // What cannot be closed is not open any more.
      }
    },
  };
}
