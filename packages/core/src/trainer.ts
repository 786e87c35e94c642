import * as tf from '@tensorflow/tfjs-core';
import { weakest } from './certificate.ts';
import { type Checkpoint, checkCheckpoint, restoreRows, saveRows } from './checkpoint.ts';
import type { GradientCombiner, GradientRow } from './combiner.ts';
import { initialOf } from './combiner-answers.ts';
import { nameDisposed } from './disposed-batch.ts';
import { type Forward, forward, lossesAgain } from './forward.ts';
import { type Held, holdVariables } from './held.ts';
import { NonFiniteError } from './non-finite.ts';
import {
  checkLearningRate,
  holdOptimizer,
  optimizerOf,
  saveOptimizer,
  setLearningRate,
} from './optimizer.ts';
import { randomFrom } from './random.ts';
import { diagnosticsOf, meansByObjective, type StepReport, untouched } from './report.ts';
import { diagnoseAnew } from './roads/diagnostics.ts';
import { elementRoad } from './roads/element.ts';
import { gramianRoad } from './roads/gramian.ts';
import { finite, NonFinite, type Road, type RoadOptions } from './roads/road.ts';
import { singlePassRoad } from './roads/single-pass.ts';
import { innerProducts, NonFiniteRow } from './rows/rows.ts';
import { saveVariables, tensorOf } from './saved-tensor.ts';
import { rateAt } from './schedule.ts';
import { asGramian, batchesOf, checkUnchanged, setupOf } from './setup.ts';
import { sharedBy } from './shared-variables.ts';
import { checkAlive, movedBeside } from './trained-variables.ts';
import { settle, type TrainerOptions } from './trainer-options.ts';
import { warner } from './warn.ts';

export interface Trainer<Batch> {
  /**
   * One step on a batch, or on as many independent batches as the combiner asks for. The batches stay yours to dispose of.
   * Calls made before an earlier one has ended wait for it.
   * @throws NonFiniteError, or whatever an objective, the optimizer or the schedule throws; then nothing has changed: variables, `state`, optimizer and
   * what is remembered are as before the step.
   */
  step(...batches: Batch[]): Promise<StepReport>;
  /** Number of steps made. */
  readonly steps: number;
  /** All that training needs to go on as if it had never stopped, as plain data. Waits for steps under way. */
  checkpoint(): Promise<Checkpoint>;
  /** Goes on from a checkpoint. Throws if it is damaged, or of another model, combiner or optimizer; then nothing has changed. */
  restore(checkpoint: Checkpoint): Promise<void>;
  /** Frees the remembered rows. */
  dispose(): void;
}

/** Trains variables on several objectives: see `TrainerOptions`. */
export function createTrainer<Batch = void>(options: TrainerOptions<Batch>): Trainer<Batch> {
  const settled = settle(options);
  const { objectives, combiner, optimizer, variables, seed, over, state, gradients } = settled;
  const { schedule, stepsPerEpoch, diagnostics: wanted } = settled;
  const batchCount = batchesOf(combiner);
  const setup = setupOf(objectives, batchCount);
  const checkObjectives = checkUnchanged(objectives);
  combiner.check?.(setup);
  let shared: readonly boolean[] | null = over === 'all' ? variables.map(() => true) : null;
  const sharedNow: RoadOptions<unknown>['shared'] = (rows, reached) => {
    shared ??= sharedBy(objectives, variables, rows, reached);
    // What is remembered of a frozen variable has no gradients to be compared with.
    return shared.map((isShared, v) => isShared && !frozen[v]);
  };
  const common = { setup, variables, gradients, shared: sharedNow };
  const road = roadOf(combiner, common, over);
  const warn = warner();
  const everReached = new Set<string>();
  let frozen: readonly boolean[] = [];
  let step = 0;
  let disposed = false;
  let busy = false;
  let queue: Promise<unknown> = Promise.resolve();

  /** A transaction: what it changed goes back if it throws or is left out. */
  async function run(batches: readonly Batch[]): Promise<StepReport> {
    checkAlive(variables);
    checkAlive(state);
    checkObjectives();
    frozen = variables.map(({ trainable }) => !trainable);
    const sharedBefore = shared;
    const held: Held[] = [holdVariables([...variables, ...state])];
    try {
      const report = await attempt(batches, held);
      step++;
      return report;
    } catch (error) {
      for (const one of held.toReversed()) one.restore();
      shared = sharedBefore;
      if (error instanceof NonFiniteRow) {
        throw new Error(
          `Step ${step}: the gradients are finite, but what the combiner ${combiner.name} made of them is not in ` +
            `"${variables[error.variable]!.name}": its coefficients are too large. Nothing was changed. Restore an earlier checkpoint.`,
        );
      }
      if (!(error instanceof NonFinite)) throw nameDisposed(error, batches);
      const variable = error.variable === null ? null : variables[error.variable]!.name;
      const failure = new NonFiniteError(step, error.row.objective, variable);
      if (settled.onNonFinite !== 'skip') throw failure;
      return { ...untouched(step++, objectives), skipped: failure };
    } finally {
      for (const one of held) one.release();
    }
  }

  async function attempt(batches: readonly Batch[], held: Held[]): Promise<StepReport> {
    const epoch = stepsPerEpoch ? Math.floor(step / stepsPerEpoch) : 0;
    const random = randomFrom(seed, step);
    const others = movedBeside([...variables, ...state]);
    const pass = forward(objectives, batches, variables, setup, { step, epoch, random });
    for (const name of others()) {
      warn(
        `moved ${name}`,
        `Step ${step}: the losses change the variable "${name}", which is not in \`state\`: no step puts it back, and no checkpoint holds it. ` +
          "Give it in createTrainer's `state`.",
      );
    }
    try {
      const { rows, losses } = pass.unreached;
      if (pass.rows.length + rows.length === 0) return untouched(step, objectives);
      checkReach(pass);
      const values = rows.length === 0 ? [] : finite((await innerProducts([], losses)).scalars, rows);
      const told = (taught: readonly number[]) => ({
        losses: meansByObjective(objectives, [...pass.rows, ...rows], [...taught, ...values]),
        unreached: namesOf(rows),
      });
      if (pass.rows.length === 0) return { ...untouched(step, objectives), ...told([]) };
      return await move(pass, told, batches, held);
    } finally {
      pass.dispose();
    }
  }

  async function move(
    pass: Forward,
    told: (losses: readonly number[]) => Pick<StepReport, 'losses' | 'unreached'>,
    batches: readonly Batch[],
    held: Held[],
  ): Promise<StepReport> {
    const answer = await road.answer(pass);
    let diagnostics = answer.diagnostics;
    try {
      if (!diagnostics?.worsened && wanted && step % wanted.every === 0) {
        diagnostics = await diagnoseAnew(pass, common, answer.direction);
      }
      checkUndisposed();
      // The tape holds what the optimizer replaces.
      pass.dispose();
      held.push(holdOptimizer(optimizer, variables));
      if (schedule) setLearningRate(optimizer, rateAt(schedule, step));
      checkLearningRate(`Step ${step}`, optimizer);
      apply(optimizer, variables, answer.direction, frozen);
      if (answer.after) {
        const now = holdVariables([...variables, ...state]);
        const losses = await lossesAgain(objectives, batches, setup, pass, now);
        checkUndisposed();
        // Losses that have run away are no lesson; the next step stops at them.
        if (losses.every(Number.isFinite)) answer.after(losses);
      }
    } catch (error) {
      answer.discard();
      throw error;
    }
    answer.commit();
    const { groups } = answer;
    const certificate = weakest(groups.map((group) => group.certificate));
    if (certificate?.solved === false) {
      warn(
        'certificate',
        `Step ${step}: the combiner ${combiner.name} cannot vouch for its answer${certificate.note ? ` (${certificate.note})` : ''}, which is that of its fallback. ` +
          "This is said once: see `certificate` in every step's report.",
      );
    }
    return {
      step,
      ...told(answer.losses),
      rows: pass.rows,
      coefficients: groups[0]?.coefficients ?? [],
      certificate,
      groups,
      ...diagnosticsOf(diagnostics),
      updated: true,
      skipped: null,
    };
  }

  function checkUndisposed(): void {
    if (disposed) throw new Error('The trainer was disposed of while a step was under way.');
  }

  function checkReach({ rows, unreached }: Forward): void {
    for (const { objective } of rows) everReached.add(objective);
    if (everReached.size === 0) {
      throw new Error(
        frozen.every(Boolean)
          ? `Step ${step}: none of the variables is trainable. Set \`trainable\` of one, or of a layer, to true.`
          : `Step ${step}: no loss depends on any of the variables that are trained. ` +
              'Give the variables that the losses use, and compute the losses from them with TensorFlow.js operations (values that were read back have no gradient).',
      );
    }
    for (const name of namesOf(unreached.rows)) {
      warn(
        name,
        `Step ${step}: the loss of objective "${name}" depends on no variable that is trained, so it teaches nothing: the others train as if it were null. ` +
          "This is said once: see `unreached` in every step's report. Return null where a batch holds nothing for an objective.",
      );
    }
  }

  const enqueue = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const result = queue.then(async () => {
      if (disposed) throw new Error('The trainer has been disposed of. Create a new one.');
      busy = true;
      try {
        return await work();
      } finally {
        busy = false;
        if (disposed) road.dispose();
      }
    });
    queue = result.catch(() => undefined);
    return result;
  };

  return {
    step: (...batches) => {
      // A batch of type void is given by leaving it out.
      const given = batches.length === 0 && batchCount === 1 ? [undefined as Batch] : batches;
      if (given.length !== batchCount) {
        const message = `${combiner.name} takes ${batchCount} independent batches a step, but got ${given.length}.`;
        return Promise.reject(new Error(message));
      }
      return enqueue(() => run(given));
    },
    get steps() {
      return step;
    },
    checkpoint: () =>
      enqueue(async () => {
        checkAlive([...variables, ...state]);
        const { remembered, memory } = road.state();
        return {
          format: 1,
          combiner: combiner.name,
          objectives: objectives.map(({ name }) => name),
          seed,
          step,
          over,
          shared: shared && variables.filter((_, v) => shared![v]).map(({ name }) => name),
          variables: await saveVariables(variables),
          state: await saveVariables(state),
          optimizer: await saveOptimizer(optimizer),
          remembered: await saveRows(remembered),
          memory,
        };
      }),
    restore: (checkpoint) =>
      enqueue(async () => {
        const moving = [...variables, ...state];
        checkAlive(moving);
        checkCheckpoint(checkpoint, { ...settled, ...road.state(), initial: initialOf(combiner, setup) });
        tf.tidy(() => {
          // Before anything changes, for making a tensor may fail.
          const saved = { ...checkpoint.variables, ...checkpoint.state };
          const values = moving.map(({ name }) => tensorOf(saved[name]!));
          const adoptOptimizer = optimizerOf(optimizer, checkpoint.optimizer);
          const remembered = restoreRows(checkpoint.remembered);
          for (const [index, variable] of moving.entries()) variable.assign(values[index]!);
          adoptOptimizer();
          road.restore({ remembered, memory: checkpoint.memory });
        });
        shared = checkpoint.shared && variables.map(({ name }) => checkpoint.shared!.includes(name));
        step = checkpoint.step;
      }),
    dispose: () => {
      disposed = true;
      // A step under way still reads the remembered rows: it frees them when it ends.
      if (!busy) road.dispose();
    },
  };
}

function namesOf(rows: readonly GradientRow[]): string[] {
  return [...new Set(rows.map(({ objective }) => objective))];
}

function roadOf(
  combiner: GradientCombiner,
  common: Omit<RoadOptions<GradientCombiner>, 'combiner'>,
  over: 'all' | 'shared',
): Road {
  if (combiner.needs === 'elements') return elementRoad({ ...common, combiner });
  // Private parameters keep the gradients of their own objective, which one weighted pass does not have.
  if (combiner.needs === 'gramian' || over === 'shared')
    return gramianRoad({ ...common, combiner: asGramian(combiner) });
  return singlePassRoad({ ...common, combiner });
}

function apply(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  direction: readonly (tf.Tensor | null)[],
  frozen: readonly boolean[],
): void {
  tf.tidy(() => {
    // Every variable every time: tfjs optimizers keep their accumulators by position. They leave one without a gradient where it is, and its accumulators.
    const named = variables.map(({ name, shape }, v) => {
      return [name, frozen[v] ? null : (direction[v] ?? tf.zeros(shape))] as const;
    });
    optimizer.applyGradients(Object.fromEntries(named) as tf.NamedTensorMap);
  });
  tf.dispose(direction as tf.Tensor[]);
}
