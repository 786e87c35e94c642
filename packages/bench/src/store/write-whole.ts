import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file completely or not at all: under another name first, which then replaces the old file. Missing
 * folders are made. If writing fails, on a full disk for example, the old content stays. A link keeps its
 * target, and a path that is no regular file (`/dev/stdout`) is written directly. Throws with the file's name
 * and the next step.
 */
export function writeWhole(file: string, text: string): void {
  const before = statSync(file, { throwIfNoEntry: false });
  try {
    if (before === undefined) mkdirSync(dirname(file), { recursive: true });
    if (before === undefined || before.isFile()) replace(before ? realpathSync(file) : file, text, before);
    else writeFileSync(file, text);
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    const left = before ? 'It is as it was before' : 'Nothing was left there';
    throw new Error(
      `${file} could not be written (${message}). ${left}. ${NEXT[code] ?? 'Name another file.'}`,
      { cause: error },
    );
  }
}

const roomless = 'Make room or name another file.';
const forbidden = 'It may not be written there: ask for the right to, or name another file.';

/** The next step, by the code of the system's error. */
const NEXT: Readonly<Record<string, string>> = {
  EACCES: forbidden,
  EDQUOT: roomless,
  ENOSPC: roomless,
  EPERM: forbidden,
  EROFS: forbidden,
};

function replace(file: string, text: string, before: Stats | undefined): void {
  const draft = `${file}.${randomUUID()}.new`;
  try {
    writeFileSync(draft, text, { flag: 'wx', flush: true });
    if (before) chmodSync(draft, before.mode);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
