import type { Task } from '@scalpel/core';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { evenSteps } from './curve.ts';

/** What early stopping knows so far, for a checkpoint. */
export interface StoppingSoFar {
  /** The lowest main loss on validation data; Infinity before the first evaluation. */
  readonly lowest: number;
  /** Evaluations since then. */
  readonly misses: number;
  /** The values of the variables at the lowest loss. */
  readonly best: readonly Float32Array[];
}

/** Stops a run whose main loss on validation data no longer falls. */
export interface EarlyStopping {
  /** Evaluates the task after this number of steps, if it is time. True: the run should end here. */
  after(step: number): Promise<boolean>;
  soFar(): StoppingSoFar;
  /** Gives the variables the values that had the lowest loss. */
  takeBest(): void;
  /** The seconds spent on evaluating. */
  seconds(): number;
}

/** The number of evaluations of a run of full length, and of the examples for each. */
const EVALUATIONS = 16;
const EXAMPLES = 256;

/**
 * Early stopping with this patience; without one a run has its full length. `before` is what was known when an
 * earlier process stopped.
 */
export function stopEarly(
  task: Task,
  patience: number | undefined,
  before: StoppingSoFar = { lowest: Number.POSITIVE_INFINITY, misses: 0, best: [] },
): EarlyStopping {
  const { objectives, variables, state = [], steps } = task;
  const wanted = patience === undefined ? new Set<number>() : evenSteps(steps, EVALUATIONS);
  const all = [...variables, ...state];
  const main = objectives.toSorted((a, b) => a.priority - b.priority)[0]!.name;
  let { lowest, misses, best } = before;
  let seconds = 0;
  return {
    async after(step) {
      if (patience === undefined || !wanted.has(step)) return false;
      const start = performance.now();
      const loss = (await task.evaluate(EXAMPLES)).validation?.[main];
      if (loss === undefined) {
        throw new Error(
          `Early stopping needs validation data, but the task has none of "${main}". Give it the option \`validation\`, or leave out \`patience\` in the suite.`,
        );
      }
      misses = loss < lowest ? 0 : misses + 1;
      if (misses === 0) {
        lowest = loss;
        best = await Promise.all(all.map(async (variable) => (await variable.data<'float32'>()).slice()));
      }
      seconds += (performance.now() - start) / 1000;
      return misses >= patience;
    },
    soFar: () => ({ lowest, misses, best }),
    takeBest() {
      tidy(() => {
        for (const [index, values] of best.entries()) {
          const { shape } = all[index]!;
          all[index]!.assign(tensor(values, shape, 'float32'));
        }
      });
    },
    seconds: () => seconds,
  };
}
