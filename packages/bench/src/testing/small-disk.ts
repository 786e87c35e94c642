import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const inNamespace = ['unshare', '--user', '--map-root-user', '--mount'] as const;

export const hasSmallDisks: boolean =
  spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']).status === 0;

/** The reason why no small disk can be made here; undefined if it can. */
export const smallDisksMissing: string | undefined = hasSmallDisks
  ? undefined
  : 'No small disk can be mounted, so none fills up: it takes Linux with unshare --user --mount.';

/** Runs a module in a process that can send messages. `folder` is a disk of this many kilobytes to it. */
export function onSmallDisk(
  folder: string,
  kilobytes: number,
  module: string,
  ...given: string[]
): ChildProcess {
  return onDisk(`size=${kilobytes}k`, folder, module, given);
}

/** The same, with a `folder` that cannot be written. */
export function onProtectedDisk(folder: string, module: string, ...given: string[]): ChildProcess {
  return onDisk('ro', folder, module, given);
}

function onDisk(options: string, folder: string, module: string, given: readonly string[]): ChildProcess {
  const mount = `mount -t tmpfs -o ${options} tmpfs "$1" && shift && exec "$@"`;
  return spawn(
    inNamespace[0],
    [...inNamespace.slice(1), 'sh', '-c', mount, 'sh', folder, process.execPath, module, ...given],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
}

/** Fills the rest of the disk, to the last byte. */
export function fillDisk(filler: string): void {
  for (let bytes = 1 << 16; bytes >= 1; ) {
    try {
      writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      bytes >>= 1;
    }
  }
}
