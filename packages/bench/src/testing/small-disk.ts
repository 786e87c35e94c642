import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const inNamespace = ['unshare', '--user', '--map-root-user', '--mount'] as const;

export const hasSmallDisks: boolean =
  spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']).status === 0;
if (!hasSmallDisks) {
  console.warn(
    'This machine does not let a test mount a small disk (unshare --user --mount), so none fills up.',
  );
}

/** Runs a module in a process that can tell things, and to which `folder` is a disk of so many kilobytes. */
export function onSmallDisk(
  folder: string,
  kilobytes: number,
  module: string,
  ...given: string[]
): ChildProcess {
  const mount = `mount -t tmpfs -o size=${kilobytes}k tmpfs "$1" && shift && exec "$@"`;
  return spawn(
    inNamespace[0],
    [...inNamespace.slice(1), 'sh', '-c', mount, 'sh', folder, process.execPath, module, ...given],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
}

/** Fills what is left of the disk, to the last byte. */
export function fillDisk(filler: string): void {
  for (let bytes = 1 << 16; bytes >= 1; ) {
    try {
      writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      bytes >>= 1;
    }
  }
}
