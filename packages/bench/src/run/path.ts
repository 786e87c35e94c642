import type { Evaluation, Task } from '@scalpel/core';
import type { Path } from '../records/index.ts';

/** One recorded point: the number of steps, the position, and the training losses. */
export interface PathPoint {
  readonly step: number;
  readonly position: readonly number[];
  readonly train: Values;
}

/** Records the path of a run. */
export interface PathRecorder {
  /** Records the position and losses after this number of steps, if it is one of those to record. */
  after(step: number): Promise<void>;
  /** The recorded points. */
  points(): readonly PathPoint[];
  /** The path; null for a task that does not report a position. */
  path(): Path | null;
  /** The seconds spent on recording. */
  seconds(): number;
}

type Values = Evaluation['train'];

/** The number of recorded points after the start. */
const INTERVALS = 100;

/** Makes a recorder. `before` holds the points from the process that began the run. */
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
      // A run that diverges is drawn up to its last finite point.
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
