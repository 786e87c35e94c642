import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const signatures = new Set<string>();

/**
 * A new signature for a store, which marks its claims. Other processes on this machine can tell from it if
 * its process still lives.
 */
export function sign(): string {
  const signature = `${hostname()}/${process.pid}/${randomUUID()}`;
  signatures.add(signature);
  return signature;
}

/** Frees claims that a store could not give back: any process that opens the store again may take them. */
export function forget(signature: string): void {
  signatures.delete(signature);
}

/** True if the process with this signature ran on this machine and has ended. */
export function isDead(signature: string): boolean {
  const [host, pid] = signature.split('/');
  if (host !== hostname() || signatures.has(signature)) return false;
  // The process has our number but not our signature, so it ran before us.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
