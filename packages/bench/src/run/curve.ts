import type { Evaluation, Task } from '@scalpel/core';
import type { Curve } from '../records/index.ts';

/** One point of a learning curve. */
export interface CurvePoint {
  readonly step: number;
  readonly seconds: number;
  /** Values by part and name, such as `validation/main`. */
  readonly values: Readonly<Record<string, number>>;
}

/** Records the learning curve of a run. */
export interface CurveRecorder {
  /** Evaluates the task after this number of steps and seconds of training, if a point is due. */
  after(step: number, seconds: number): Promise<void>;
  points(): readonly CurvePoint[];
  /** The curve; null if none was asked for. */
  curve(): Curve | null;
  /** The seconds spent on recording. */
  seconds(): number;
}

/** The number of examples of each part that a point is evaluated on. */
const EXAMPLES = 256;

/** The numbers of steps, from 0 to all of them, at which a run is evaluated along the way. */
export function evenSteps(steps: number, intervals: number): ReadonlySet<number> {
  return new Set(
    Array.from({ length: intervals + 1 }, (_, index) => Math.round((steps * index) / intervals)),
  );
}

/**
 * Makes a recorder of so many points after the start; 0 records nothing. `before` holds the points of the
 * process that began the run.
 */
export function recordCurve(
  task: Task,
  intervals: number,
  before: readonly CurvePoint[] = [],
): CurveRecorder {
  const wanted = intervals === 0 ? new Set<number>() : evenSteps(task.steps, intervals);
  const points = [...before];
  let seconds = 0;
  return {
    async after(step, trained) {
      if (!wanted.has(step)) return;
      const start = performance.now();
      const values = valuesOf(await task.evaluate(EXAMPLES));
      // A run that diverges is drawn up to its last finite point.
      if (Object.values(values).every(Number.isFinite)) points.push({ step, seconds: trained, values });
      seconds += (performance.now() - start) / 1000;
    },
    points: () => points,
    curve() {
      if (intervals === 0) return null;
      const names = Object.keys(points[0]?.values ?? {});
      return {
        steps: points.map(({ step }) => step),
        seconds: points.map((point) => rounded(point.seconds)),
        values: Object.fromEntries(
          names.map((name) => [name, points.map(({ values }) => rounded(values[name]!))]),
        ),
      };
    },
    seconds: () => seconds,
  };
}

/** Values on training and validation data. Test data are for the end alone. */
function valuesOf({ train, validation = {}, metrics = {} }: Evaluation): Readonly<Record<string, number>> {
  const losses = Object.entries({ train, validation }).flatMap(([part, values]) =>
    Object.entries(values).map(([name, value]) => [`${part}/${name}`, value] as const),
  );
  const others = Object.entries(metrics).filter(([name]) => !name.startsWith('test/'));
  return Object.fromEntries([...losses, ...others]);
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
