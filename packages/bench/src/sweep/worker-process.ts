import { type ChildProcess, fork } from 'node:child_process';
import type { RunSpec } from '../plan/index.ts';
import type { Environment } from '../records/index.ts';
import { codeOf } from '../records/index.ts';
import type { Progress, RunResult, Safekeeping } from '../run/index.ts';
import { type Limits, SILENCE } from './limits.ts';
import { type FromWorker, isFromWorker, type ToWorker } from './messages.ts';

/** The module that workers run. It calls `serveRuns`. */
export interface WorkerEntry {
  /** The path of the file. */
  readonly file: string;
  readonly arguments?: readonly string[];
}

/** A process that makes one run at a time. */
export interface WorkerProcess {
  /** The environment of a run, with the hashes of its code. */
  environmentOf(spec: RunSpec): Environment;
  /**
   * Makes a run. Null if the process ended before the run for an unknown reason. Throws if a checkpoint
   * cannot be saved.
   */
  run(
    spec: RunSpec,
    safekeeping: Safekeeping,
    onProgress: (progress: Progress) => void,
  ): Promise<RunResult | null>;
  /** Ends the process at once. Its run has then failed for this reason. */
  giveUp(reason: string): void;
  /** A description for people of how the process ended. */
  lastWords(): string;
  /** Ends the process at any time. */
  stop(): Promise<void>;
}

/** The number of characters of standard error that are kept to explain a death. */
const TAIL = 2_000;

/**
 * Starts a worker. Throws, with the output of the process, if the process is not ready within the limit of
 * silence or ends before that.
 */
export async function startWorker(
  entry: WorkerEntry,
  { silence = SILENCE }: Limits,
  signal: AbortSignal,
): Promise<WorkerProcess> {
  const child = startChild(entry, signal);
  const { closed, giveUp, lastWords } = child;
  const late = `it was not ready in ${silence} s. Look for what hangs as its backend starts or a plugin is loaded, or allow it more with --silence-limit`;
  const starting = setTimeout(() => giveUp(late), silence * 1000);
  const ready = await Promise.race([
    new Promise<Extract<FromWorker, { readonly kind: 'ready' }>>((resolve) => {
      child.listen((message) => message.kind === 'ready' && resolve(message));
    }),
    closed.then(() => null),
  ]);
  clearTimeout(starting);
  if (ready === null) throw new Error(`A worker could not start: ${lastWords()}`);
  return {
    environmentOf(spec) {
      const code = codeOf(spec, ready.codes);
      return { ...ready.environment, ...(code && { code }) };
    },
    run: (spec, safekeeping, onProgress) => runIn(child, spec, safekeeping, onProgress),
    giveUp,
    lastWords,
    async stop() {
      child.stop();
      await closed;
    },
  };
}

/** A process that may not be ready yet. */
interface Child extends Pick<WorkerProcess, 'giveUp' | 'lastWords'> {
  /** Resolves when the process has ended, even if it could not be started. */
  readonly closed: Promise<void>;
  tell(message: ToWorker): void;
  /** Sets the only listener, in place of the one before. */
  listen(hear: (message: FromWorker) => void): void;
  /** A cause of death that a second try would meet again; null if a second try may help. */
  causeOfDeath(): RunResult | null;
  stop(): void;
}

function startChild(entry: WorkerEntry, signal: AbortSignal): Child {
  const child = fork(entry.file, entry.arguments ?? [], {
    execPath: process.execPath,
    // Its standard input stays open and empty while this process lives.
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    // Checkpoints are bytes.
    serialization: 'advanced',
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-TAIL);
  });
  let hear: (message: FromWorker) => void = () => {};
  child.on('message', (message) => {
    if (isFromWorker(message)) hear(message);
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // A process that could not be started closes as well.
  child.on('error', (error) => {
    errors += error.message;
  });
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  closed.then(() => signal.removeEventListener('abort', stop));
  let givenUp: string | undefined;
  return {
    closed,
    tell: (message) => void child.send(message, () => {}),
    listen(next) {
      hear = next;
    },
    giveUp(reason) {
      givenUp = reason;
      child.kill('SIGKILL');
    },
    lastWords: () => `${givenUp ?? `its process ${endOf(child)}`}${errors.trim() && `: ${errors.trim()}`}`,
    causeOfDeath() {
      const isOutOfMemory = errors.includes('JavaScript heap out of memory');
      const reason =
        givenUp ?? (isOutOfMemory ? 'ran out of memory: the JavaScript heap is full' : undefined);
      return reason === undefined ? null : { outcome: { state: 'failed', reason }, seconds: 0 };
    },
    stop,
  };
}

/** A description for people of how a process has ended. */
function endOf({ signalCode, exitCode }: ChildProcess): string {
  if (!signalCode) return `ended with exit code ${exitCode}`;
  return `was ended by ${signalCode}${signalCode === 'SIGKILL' ? ', as the system does where memory runs out' : ''}`;
}

function runIn(
  child: Child,
  spec: RunSpec,
  { from, every, save }: Safekeeping,
  onProgress: (progress: Progress) => void,
): Promise<RunResult | null> {
  let saving = Promise.resolve();
  return Promise.race([
    new Promise<RunResult>((resolve, reject) => {
      child.listen((message) => {
        if (message.kind === 'progress') onProgress(message);
        if (message.kind === 'ended') resolve(message);
        if (message.kind !== 'checkpoint') return;
        saving = save(message.checkpoint);
        saving.then(() => child.tell({ kind: 'saved' }), reject);
      });
      child.tell({ kind: 'run', spec, from, every });
    }),
    // The next process that makes this run starts from the last checkpoint, so saving must end first.
    child.closed.then(() => saving).then(child.causeOfDeath),
  ]);
}
