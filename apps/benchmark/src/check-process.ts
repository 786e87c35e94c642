import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BackendCheck, CheckProgress } from '@scalpel/backends';
import type { BackendDefinition, BackendProbe } from '@scalpel/core';
import { MARK } from './answers.ts';
import { programOf } from './programs.ts';

/** The result of the check of one backend. */
export interface CheckResult {
  readonly id: string;
  /** False if the backend does not start here, which is no error. */
  readonly works: boolean;
  readonly detail: string;
  /** The next step to make it work. */
  readonly next?: string;
  readonly check?: BackendCheck;
  /** The reason for a missing check: the backend should start but did not, or the process died. */
  readonly problem?: string;
}

export interface CheckOptions {
  readonly seed: number;
  readonly plugins: readonly string[];
  readonly signal: AbortSignal;
  onProgress(progress: CheckProgress): void;
}

interface Answer {
  readonly probe?: BackendProbe;
  readonly progress?: CheckProgress;
  readonly check?: BackendCheck;
}

/**
 * Checks a backend in a process of its own. A broken device may end that process, and two backends may not
 * work in the same one.
 */
export async function checkInProcess(
  { id }: BackendDefinition,
  { seed, plugins, signal, onProgress }: CheckOptions,
): Promise<CheckResult> {
  const { file, arguments: own } = programOf('check');
  const given = ['--backend', id, '--seed', String(seed), ...plugins.map((name) => `--plugin=${name}`)];
  const child = spawn(process.execPath, [file, ...own, ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, name) => resolve(name === null ? `status ${code}` : name));
  });
  const heard: { probe?: BackendProbe; progress?: CheckProgress; check?: BackendCheck } = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith(MARK)) continue;
    Object.assign(heard, JSON.parse(line.slice(MARK.length)) as Answer);
    if (heard.progress && !heard.check) onProgress(heard.progress);
  }
  const how = await ended;
  signal.throwIfAborted();

  const { probe, progress, check } = heard;
  const last = errors
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^scalpel: /, '');
  if (probe === undefined) return { id, works: false, detail: last || `its probe ended with ${how}` };
  if (!probe.works || check !== undefined) return { id, ...probe, ...(check && { check }) };
  const where = progress === undefined ? 'as it started' : `in ${progress.kind} ${progress.name}`;
  return { id, ...probe, problem: `Its process ended ${where} (${how})${last ? `: ${last}` : ''}` };
}

/** True if a check has found a problem. */
export function isWrong({ check, problem }: CheckResult): boolean {
  return problem !== undefined || check?.passed === false;
}
