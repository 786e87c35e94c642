import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const signatures = new Set<string>();

/** A store's name for itself, with which it signs its claims: others on this machine can tell from it whether its process still lives. */
export function sign(): string {
  const signature = `${hostname()}/${process.pid}/${randomUUID()}`;
  signatures.add(signature);
  return signature;
}

/** What a store could not give back is free for whoever opens the store again. */
export function forget(signature: string): void {
  signatures.delete(signature);
}

/** Whether the process that has signed so was on this machine, and is gone. */
export function isDead(signature: string): boolean {
  const [host, pid] = signature.split('/');
  if (host !== hostname() || signatures.has(signature)) return false;
  // Our own number, but not our signature: it belonged to a process before us.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
