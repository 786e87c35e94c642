import type { CheckProgress } from '@scalpel/backends';
import type { Toolkit } from '@scalpel/bench';
import type { BackendDefinition } from '@scalpel/core';
import { Listr } from 'listr2';
import { type CheckResult, checkInProcess, isWrong } from './check-process.ts';
import { checkText } from './check-text.ts';
import { rememberCheck } from './checks.ts';
import { interruptible } from './interrupt.ts';
import { print, printError, printJson } from './output.ts';

interface Options {
  /** The only backend to check, which must then work. Undefined checks all. */
  readonly backend: string | undefined;
  readonly seed: number;
  readonly plugins: readonly string[];
  readonly json: boolean;
}

type Check = (onProgress: (progress: CheckProgress) => void) => Promise<CheckResult>;

const KINDS = { kernel: 'kernels', gradient: 'gradients', rows: 'passes over rows', training: 'trainings' };

/**
 * Checks one backend, or each that starts here, and stores the results. Sets the exit status to 1 if a check
 * finds a problem.
 */
export async function checkBackends({ backends, backend: byId }: Toolkit, options: Options): Promise<void> {
  const { backend: only, seed, plugins, json } = options;
  const chosen = only === undefined ? backends : [byId(only)];
  await interruptible(async (signal) => {
    const results: CheckResult[] = [];
    for (const backend of chosen) {
      const check: Check = (onProgress) => checkInProcess(backend, { seed, plugins, signal, onProgress });
      const result = await shown(backend, check, json);
      if (result.works) rememberCheck(backend, result.detail, !isWrong(result));
      results.push(result);
      if (!json) print(checkText(result));
    }
    if (json) printJson({ seed, backends: results });
    const isMissing = only !== undefined && !results[0]!.works;
    if (isMissing || results.some(isWrong)) process.exitCode = 1;
  });
}

/** Shows the progress of a check: redrawn in place on a terminal, one line for each kind elsewhere. */
async function shown({ id }: BackendDefinition, check: Check, json: boolean): Promise<CheckResult> {
  if (process.stdout.isTTY && !json) return live(id, check);
  const say = json ? printError : print;
  let kind: CheckProgress['kind'] | undefined;
  return check((progress) => {
    if (progress.kind !== kind)
      say(`${id}: ${KINDS[progress.kind]}, ${progress.done} of ${progress.total} done`);
    kind = progress.kind;
  });
}

async function live(id: string, check: Check): Promise<CheckResult> {
  let result: CheckResult | undefined;
  const list = new Listr(
    [
      {
        title: `${id}: starting`,
        task: async (_, task) => {
          result = await check(({ done, total, kind, name, wrong }) => {
            const found = wrong === 0 ? '' : `, ${wrong} wrong`;
            task.title = `${id}: ${done} of ${total}${found} (${KINDS[kind]}: ${name})`;
          });
          task.title = `${id}: checked`;
        },
      },
    ],
    // Ctrl-C ends the check in order. The handler of listr2 would end the process at once.
    { registerSignalListeners: false },
  );
  await list.run();
  return result!;
}
