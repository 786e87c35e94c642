import type { Plan } from '@scalpel/bench';
import type { ServeEvent, SweepEvent, SweepResult } from '@scalpel/bench/sweep';
import { visibleLine } from '@scalpel/bench/text';
import { Listr } from 'listr2';
import { print } from './output.ts';

/** A function that runs a sweep and sends its events to the listener. */
type Sweep = (onEvent: (event: SweepEvent) => void) => Promise<SweepResult>;

/** Receives the plain lines, one for each call. */
type Print = (line: string) => void;

/** One line for each run that has ended: for pipes, files and logs. */
export function plainProgress(plan: Plan, print: Print, sweep: Sweep): Promise<SweepResult> {
  return sweep((event) => {
    if (event.kind === 'planned') print(`${titleOf(plan)}: ${plannedText(event)}`);
    const notice = noticeText(event);
    if (notice !== null) print(notice);
    if (event.kind === 'ended') {
      const width = String(event.total).length;
      const count = `${String(event.done).padStart(width)}/${event.total}`;
      print(`[${count}] ${endText(event)}${leftText(event.secondsLeft)}`);
    }
  });
}

/**
 * The current runs and the time left, redrawn in place on a terminal. Runs without a result stay on the
 * screen.
 */
export async function liveProgress(plan: Plan, sweep: Sweep): Promise<SweepResult> {
  const running = new Map<string, string>();
  const troubles: string[] = [];
  let count = { done: 0, total: plan.runs.length };
  let left = '';
  let result: SweepResult | undefined;
  const list = new Listr(
    [
      {
        title: titleOf(plan),
        task: async (_, task) => {
          result = await sweep((event) => {
            if (event.kind === 'planned' || event.kind === 'ended') count = event;
            if (event.kind === 'started') running.set(event.run.key, visibleLine(event.run.name));
            if (event.kind === 'progress') {
              const percent = Math.floor((100 * event.step) / event.steps);
              running.set(event.run.key, `${visibleLine(event.run.name)}: ${percent} %`);
            }
            if (event.kind === 'retried')
              running.set(event.run.key, `${visibleLine(event.run.name)}: once more`);
            if (event.kind === 'lost') running.delete(event.run.key);
            if (event.kind === 'damaged' || event.kind === 'warned' || event.kind === 'refused')
              troubles.push(noticeText(event)!);
            if (event.kind === 'ended') {
              running.delete(event.run.key);
              if (event.outcome.state !== 'finished') troubles.push(endText(event));
            }
            if ('secondsLeft' in event) left = leftText(event.secondsLeft);
            task.title = `${titleOf(plan)}: ${count.done} of ${counted(count.total, 'run')}${left}`;
            task.output = [...running.values()].join('\n');
          });
        },
      },
    ],
    // Ctrl-C ends the sweep in order. The handler of listr2 would end the process at once.
    { registerSignalListeners: false },
  );
  await list.run();
  for (const trouble of troubles) print(trouble);
  return result!;
}

function titleOf({ suite, backend }: Plan): string {
  return visibleLine(`${suite.title} on ${backend.id}`);
}

function plannedText({ done, total, workers }: SweepEvent & { readonly kind: 'planned' }): string {
  if (done === total) return `${counted(total, 'run')}, all done before`;
  const before = done === 0 ? '' : `, ${done} of them done before`;
  const who = workers === 0 ? 'for workers elsewhere' : counted(workers, 'worker');
  return `${counted(total, 'run')}${before}, ${who}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A line about a run that has ended. */
export function endText({
  run,
  outcome,
}: Pick<Extract<SweepEvent, { readonly kind: 'ended' }>, 'run' | 'outcome'>): string {
  return visibleLine(
    outcome.state === 'finished'
      ? `finished  ${run.name}`
      : `${outcome.state.padEnd(8)}  ${run.name}: ${outcome.reason}`,
  );
}

/** A line about any other event of a sweep that people should know; null for other events. */
export function noticeText(event: SweepEvent | ServeEvent): string | null {
  const notice = noticeOf(event);
  return notice === null ? null : visibleLine(notice);
}

function noticeOf(event: SweepEvent | ServeEvent): string | null {
  switch (event.kind) {
    case 'retried':
      return `again: ${event.run.name} (${event.reason})`;
    case 'lost':
      return `lost: ${event.run.name} (another process has taken it over: what comes of it there counts)`;
    case 'damaged':
      return `damaged: ${event.run.name} (${event.reason})`;
    case 'warned':
      return `warning: ${event.reason}`;
    case 'refused':
      return `put aside: ${event.reason}`;
    default:
      return null;
  }
}

function leftText(secondsLeft: number | null): string {
  if (secondsLeft === null || secondsLeft === 0) return '';
  if (secondsLeft < 90) return `, about ${Math.ceil(secondsLeft)} s left`;
  if (secondsLeft < 90 * 60) return `, about ${Math.round(secondsLeft / 60)} min left`;
  return `, about ${(secondsLeft / 3600).toFixed(1)} h left`;
}
