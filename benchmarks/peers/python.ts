import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A script beside this file that runs in a Python process. It answers each line of JSON with one line. Its
 * first line has the versions.
 */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  /** Asks one question. @throws the error of the script. */
  ask<Answer>(question: unknown): Promise<Answer>;
  end(): void;
}

/**
 * Starts a script. If Python or one of its packages is missing, prints a line about it and returns null.
 * `SCALPEL_PYTHON` is the path of Python.
 */
export async function startPeer(script: string): Promise<Peer | null> {
  const python = process.env.SCALPEL_PYTHON || 'python3';
  const child = spawn(python, [new URL(script, import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
  });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(complaints.trim().split('\n').at(-1) ?? 'the process ended');
    return JSON.parse(value);
  };
  try {
    await started(child);
    child.stdin.on('error', () => {}); // It may end before it has read everything; the answers tell.
    const versions = (await answer()) as Record<string, string>;
    return {
      versions,
      async ask<Answer>(question: unknown): Promise<Answer> {
        child.stdin.write(`${JSON.stringify(question)}\n`);
        const value = (await answer()) as Answer & { readonly error?: string };
        if (value.error !== undefined) throw new Error(value.error);
        return value;
      },
      end: () => child.stdin.end(),
    };
  } catch (error) {
    console.log(
      `*The peers are skipped: ${python} cannot run them (${(error as Error).message}). ` +
        'Install benchmarks/peers/requirements.txt into an environment of its own and name its Python in SCALPEL_PYTHON.*\n',
    );
    return null;
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
}

/** The versions, such as "TorchJD 0.18.0, PyTorch 2.15.0, Python 3.11.7." */
export function versionsOf({ versions }: Peer): string {
  return `TorchJD ${versions.torchjd}, PyTorch ${versions.torch}, Python ${versions.python}, one thread.`;
}
