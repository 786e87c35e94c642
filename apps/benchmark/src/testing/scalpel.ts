import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The file of the real command line. */
export const main: string = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Starts the real command line as a child process. */
export function start(given: readonly string[], cwd: string = process.cwd()): ChildProcessWithoutNullStreams {
  const { SCALPEL_DEBUG: _, ...env } = process.env;
  return spawn(process.execPath, [main, ...given], { cwd, env });
}

/** Runs the command line to its end. */
export async function scalpel(
  given: readonly string[],
  { input = '', cwd = process.cwd() }: { readonly input?: string; readonly cwd?: string } = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = start(given, cwd);
  child.stdin.on('error', () => {}); // It may end without reading its input.
  child.stdin.end(input);
  const status = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, stdout, stderr };
}

/** The answers of `combine`, one for each line. */
export async function combine(
  cases: readonly (object | string)[],
  given: readonly string[] = [],
  cwd?: string,
): Promise<{ readonly status: number | null; readonly answers: readonly Record<string, unknown>[] }> {
  const input = cases.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const { status, stdout } = await scalpel(['combine', ...given], {
    input,
    ...(cwd !== undefined && { cwd }),
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { status, answers: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
