import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  createTrainer,
  type Evaluation,
  type GradientCombiner,
  NonFiniteError,
  type Schedule,
  type Task,
  type Trainer,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { RunSpec, Toolkit } from '../plan/index.ts';
import type { Curve, MeanWeight, Outcome, Path, RunCost } from '../records/index.ts';
import {
  createKeeper,
  type Keeper,
  type RunCheckpoint,
  readCheckpoint,
  type Safekeeping,
  UnusableCheckpoint,
} from './checkpoint.ts';
import { type CurveRecorder, recordCurve } from './curve.ts';
import { type EarlyStopping, stopEarly } from './early-stopping.ts';
import { createMeter, type Meter } from './meter.ts';
import { type PathRecorder, recordPath } from './path.ts';
import { checkEvaluation, checkTask } from './task-shape.ts';
import { countTensors } from './tensor-count.ts';
import { type WeightsWatch, watchWeights } from './weights.ts';

/** The result of `executeRun`. */
export interface RunResult {
  readonly outcome: Outcome;
  /** Seconds of training, without loading and evaluating. */
  readonly seconds: number;
  /** The path as far as the run went. Only for tasks that report a position. */
  readonly path?: Path;
  /** The learning curve as far as the run went, if the spec asks for one. */
  readonly curve?: Curve;
  /** The mean weights of the objectives, for methods that have them. */
  readonly weights?: readonly MeanWeight[];
  /** Absent if the run took no step. */
  readonly cost?: RunCost;
  /** A problem that the author should fix although the outcome is valid. It is not a part of the record. */
  readonly warning?: string;
}

/** The progress of a run. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
}

/** The time in milliseconds after which a run lets its process do other work, and reports. */
const PAUSE = 100;

/** For a run without checkpoints. */
const UNSAFE: Safekeeping = { from: null, every: Number.POSITIVE_INFINITY, save: async () => {} };

/** Makes one run, or the rest of it, on the current backend. It never throws: every error is an outcome. */
export async function executeRun(
  spec: RunSpec,
  toolkit: Toolkit,
  onProgress: (progress: Progress) => void = () => {},
  safekeeping: Safekeeping = UNSAFE,
): Promise<RunResult> {
  const tensors = countTensors();
  let warning: string | undefined;
  let seconds = 0;
  let observers: Observers | undefined;
  const result = (outcome: Outcome): RunResult => ({
    outcome,
    seconds,
    ...(observers && observedBy(observers)),
    ...(warning !== undefined && { warning }),
  });
  try {
    const method = toolkit.combiner(spec.combiner.id);
    const combiner = method.create({
      ...method.laterDefaults,
      ...(spec.combiner.options as object),
    } as never);
    const definition = toolkit.task(spec.task.id);
    const task: unknown = await definition.create(spec.task.options as never, spec.seed);
    checkTask(task, definition);
    tensors.after('making the task');
    let outcome: Outcome;
    try {
      const from = readCheckpoint(safekeeping);
      const watching = observe(task, combiner, spec, from, { safekeeping, onProgress });
      observers = watching;
      try {
        await train(task, spec, from, watching);
      } finally {
        seconds = watching.trained();
      }
      tensors.after('training');
      const evaluation: unknown = await task.evaluate();
      checkEvaluation(evaluation, definition);
      tensors.after('evaluating');
      outcome = outcomeOf(evaluation, task.steps);
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      outcome = { state: 'diverged', step: error.step, reason: divergence(error) };
    } finally {
      task.dispose();
    }
    warning = tensors.left(spec);
    return result(outcome);
  } catch (error) {
    if (!(error instanceof UnusableCheckpoint)) return result({ state: 'failed', reason: reasonOf(error) });
    const anew = await executeRun(spec, toolkit, onProgress, { ...safekeeping, from: null });
    return { ...anew, warning: [begunAnew(spec, error), anew.warning].filter(Boolean).join(' ') };
  }
}

function begunAnew({ task, combiner, seed }: RunSpec, { message }: UnusableCheckpoint): string {
  return (
    `What was saved of the run of task "${task.id}" with combiner "${combiner.id}", seed ${seed}, could not be gone on from ` +
    `(${message}), so it began anew.`
  );
}

/** Describes a thrown value, which may be no Error or have no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw what is no Error: ${inspect(error)}`;
  return error.message || `threw a ${error.name} that says nothing`;
}

/** Receivers of a report on each step. */
interface Observers {
  readonly recorder: PathRecorder;
  readonly curve: CurveRecorder;
  readonly weights: WeightsWatch;
  readonly stopping: EarlyStopping;
  readonly meter: Meter;
  readonly keeper: Keeper;
  /** Seconds of training so far. */
  readonly trained: () => number;
  readonly onProgress: (progress: Progress) => void;
}

/** Sets up the observers of a run, which go on from a checkpoint. */
function observe(
  task: Task,
  combiner: GradientCombiner,
  { curve: points = 0, patience }: RunSpec,
  from: RunCheckpoint | null,
  { safekeeping, onProgress }: { readonly safekeeping: Safekeeping } & Pick<Observers, 'onProgress'>,
): Observers {
  const recorder = recordPath(task, from?.points);
  const curve = recordCurve(task, points, from?.curve);
  const stopping = stopEarly(task, patience, from?.stopping);
  const keeper = createKeeper(safekeeping);
  const names = task.objectives.map(({ name }) => name);
  const start = performance.now();
  return {
    recorder,
    curve,
    stopping,
    keeper,
    weights: watchWeights(combiner, names, from?.weights),
    meter: createMeter(from?.cost),
    trained() {
      const others = [recorder, curve, stopping, keeper].reduce((sum, other) => sum + other.seconds(), 0);
      return (from?.seconds ?? 0) + (performance.now() - start) / 1000 - others;
    },
    onProgress,
  };
}

/** The parts of a result that observers know. */
function observedBy({ recorder, curve, weights, meter }: Observers): Partial<RunResult> {
  const [path, course, means, cost] = [recorder.path(), curve.curve(), weights.means(), meter.cost()];
  return {
    ...(path && { path }),
    ...(course && { curve: course }),
    ...(means && { weights: means }),
    ...(cost && { cost }),
  };
}

async function train(
  task: Task,
  { seed, rate = 1 }: RunSpec,
  from: RunCheckpoint | null,
  { recorder, curve, weights, stopping, meter, keeper, trained, onProgress }: Observers,
): Promise<void> {
  const { combiner } = weights;
  const { objectives, variables, state, steps, stepsPerEpoch } = task;
  if (rate !== 1 && !task.schedule) {
    throw new Error(
      'The task has no schedule whose rate could be multiplied. Give it one, or leave out `rate` in the suite.',
    );
  }
  const schedule: Schedule | undefined = task.schedule && ((step) => rate * task.schedule!(step));
  const optimizer = task.optimizer();
  const batches = combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
  try {
    const trainer = createTrainer({
      objectives,
      combiner,
      optimizer,
      variables,
      seed,
      stepsPerEpoch,
      ...(state && { state }),
      ...(schedule && { schedule }),
    });
    try {
      let paused = performance.now();
      if (from) await goOn(trainer, from);
      else {
        await recorder.after(0);
        await curve.after(0, trained());
      }
      for (let { steps: step } = trainer; step < steps; step++) {
        // A combiner of several batches gets batches that no other objective has in this step.
        const given = Array.from({ length: batches }, (_, batch) => task.batch(step * batches + batch));
        try {
          await meter.step(() => trainer.step(...given));
        } finally {
          tf.dispose(given);
        }
        await recorder.after(step + 1);
        await curve.after(step + 1, trained());
        if (await stopping.after(step + 1)) break;
        await keeper.after(async () => ({
          seconds: trained(),
          trainer: await trainer.checkpoint(),
          points: recorder.points(),
          curve: curve.points(),
          weights: weights.soFar(),
          stopping: stopping.soFar(),
          cost: meter.cost()!,
        }));
        if (performance.now() - paused < PAUSE) continue;
        // On backends without a device, a step never gives the thread free: messages and signals would wait
        // for the end of the run.
        await setImmediate();
        onProgress({ step: step + 1, steps });
        paused = performance.now();
      }
      stopping.takeBest();
    } finally {
      trainer.dispose();
    }
  } finally {
    optimizer.dispose();
  }
}

async function goOn(trainer: Trainer<unknown>, from: RunCheckpoint): Promise<void> {
  try {
    await trainer.restore(from.trainer);
  } catch (error) {
    throw new UnusableCheckpoint(error);
  }
}

/**
 * The outcome of a finished evaluation. The loss may become NaN or infinite in the last step, after the last
 * gradient was checked.
 */
function outcomeOf(evaluation: Evaluation, steps: number): Outcome {
  const values = { ...byPart(evaluation), ...evaluation.metrics };
  const broken = Object.keys(values).find((name) => !Number.isFinite(values[name]));
  if (broken === undefined) return { state: 'finished', metrics: values };
  return { state: 'diverged', step: steps, reason: `${broken} is ${values[broken]} after the last step` };
}

/** The values of the objectives, by part and name, such as `validation/main`. */
function byPart({ train, validation = {}, test = {} }: Evaluation): Record<string, number> {
  return Object.fromEntries(
    Object.entries({ train, validation, test }).flatMap(([part, values]) =>
      Object.entries(values).map(([name, value]) => [`${part}/${name}`, value]),
    ),
  );
}

function divergence({ objective, variable }: NonFiniteError): string {
  const what = variable === null ? 'the loss' : `the gradient with respect to ${variable}`;
  return `${what} of ${objective} is not finite`;
}
