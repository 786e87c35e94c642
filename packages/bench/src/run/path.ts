import type { Evaluation, Task } from '@scalpel/core';
import type { Path } from '../records/index.ts';

export interface PathPoint {
  readonly step: number;
  readonly position: readonly number[];
  readonly train: Values;
}

/** Notes the path of a run as it goes. */
export interface PathRecorder {
  /** Looks where the run is, if this number of steps is one of those that are noted. */
  after(step: number): Promise<void>;
  /** What was noted. */
  points(): readonly PathPoint[];
  /** Null for a task that does not tell its position. */
  path(): Path | null;
  /** Time that the looking took. */
  seconds(): number;
}

type Values = Evaluation['train'];

/** A run is noted at so many steps, apart from its start. */
const INTERVALS = 100;

/** `before`: what was noted by the process that began the run. */
export function recordPath(task: Task, before: readonly PathPoint[] = []): PathRecorder {
  const wanted = new Set(
    Array.from({ length: INTERVALS + 1 }, (_, index) => Math.round(task.steps * (index / INTERVALS) ** 2)),
  );
  const points = [...before];
  let seconds = 0;
  return {
    async after(step) {
      if (!task.position || !wanted.has(step)) return;
      const start = performance.now();
      const position = await task.position();
      const { train } = await task.evaluate();
      // What runs away is drawn as far as it can be.
      if ([...position, ...Object.values(train)].every(Number.isFinite))
        points.push({ step, position, train });
      seconds += (performance.now() - start) / 1000;
    },
    points: () => points,
    path() {
      if (!task.position) return null;
      const names = Object.keys(points[0]?.train ?? {});
      return {
        steps: points.map(({ step }) => step),
        positions: points.map(({ position }) => position.map(rounded)),
        losses: Object.fromEntries(
          names.map((name) => [name, points.map(({ train }) => rounded(train[name]!))]),
        ),
      };
    },
    seconds: () => seconds,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
