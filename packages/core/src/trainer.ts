import * as tf from '@tensorflow/tfjs-core';
import { type Checkpoint, checkCheckpoint, restoreRows, saveRows } from './checkpoint.ts';
import type { GradientCombiner } from './combiner.ts';
import { evaluate, type Forward, forward } from './forward.ts';
import { NonFiniteError } from './non-finite.ts';
import type { Objective } from './objective.ts';
import { checkHasLearningRate, restoreOptimizer, saveOptimizer, setLearningRate } from './optimizer.ts';
import { randomFrom } from './random.ts';
import { diagnosticsOf, meansByObjective, type StepReport, untouched } from './report.ts';
import { diagnoseAnew } from './roads/diagnostics.ts';
import { elementRoad } from './roads/element.ts';
import { gramianRoad } from './roads/gramian.ts';
import { NonFinite, type Road, type RoadOptions } from './roads/road.ts';
import { singlePassRoad } from './roads/single-pass.ts';
import { innerProducts, NonFiniteRow } from './rows/rows.ts';
import { restoreVariables, saveVariables } from './saved-tensor.ts';
import type { Schedule } from './schedule.ts';
import { asGramian, batchesOf, setupOf } from './setup.ts';
import { sharedBy } from './shared-variables.ts';

export interface TrainerOptions<Batch> {
  /** In any order; `priority` says which matters most. */
  readonly objectives: readonly Objective<Batch>[];
  readonly combiner: GradientCombiner;
  /** Any `tf.train.*` optimizer. It stays yours to dispose of. */
  readonly optimizer: tf.Optimizer;
  /** What is trained; every step gives the optimizer a gradient for each of them, zeros where nothing reaches. */
  readonly variables: readonly tf.Variable[];
  /** Of everything random in the combiner; default 0. */
  readonly seed?: number;
  /** The learning rate of each step; default: the optimizer's own. */
  readonly schedule?: Schedule;
  /** Turns steps into epochs, for combiners that count them; default: all steps are epoch 0. */
  readonly stepsPerEpoch?: number;
  /**
   * What inner products run over: all parameters, as in the papers (default), or those that at least two objectives
   * reach, as in multi-task libraries. With `shared`, a parameter that one objective alone reaches keeps that objective's gradient
   * times its weight. Who reaches what is settled in the first step, which therefore needs a loss from every objective.
   */
  readonly over?: 'all' | 'shared';
  /**
   * How many gradients are in memory at once: one per objective (`kept`, default), or those of one variable at a time (`streamed`), for models
   * whose K gradients do not fit. Streamed, all backward passes run side by side and are made twice; or once, and one more of the weighted losses, where the
   * combiner remembers no rows. The direction is the same. Combiners of fixed weights or of losses alone have one gradient in memory anyway.
   */
  readonly gradients?: 'kept' | 'streamed';
  /** Further variables that change while training and belong into a checkpoint. */
  readonly state?: readonly tf.Variable[];
  /** Whether a NaN or infinite gradient ends the step with a `NonFiniteError` (default) or leaves the step out. */
  readonly onNonFinite?: 'throw' | 'skip';
  /**
   * Reports cosines, which objectives the direction worsens and the distance to stationarity every so many steps even where the combiner needs no
   * Gramian, at one backward pass per objective.
   */
  readonly diagnostics?: { readonly every: number };
}

export interface Trainer<Batch> {
  /**
   * One step on a batch, or on as many independent batches as the combiner asks for. The batches stay yours to dispose of.
   * Calls made before an earlier one has ended wait for it.
   * @throws NonFiniteError, or whatever an objective throws; then nothing has changed.
   */
  step(...batches: Batch[]): Promise<StepReport>;
  /** Number of steps made. */
  readonly steps: number;
  /** All that training needs to go on as if it had never stopped, as plain data. Waits for steps under way. */
  checkpoint(): Promise<Checkpoint>;
  /** Goes on from a checkpoint. Throws if it is of another model, combiner or optimizer; then nothing has changed. */
  restore(checkpoint: Checkpoint): Promise<void>;
  /** Frees the remembered rows. */
  dispose(): void;
}

/** Trains variables on several objectives: see `TrainerOptions`. */
export function createTrainer<Batch = void>(options: TrainerOptions<Batch>): Trainer<Batch> {
  const { objectives, combiner, optimizer, variables, seed = 0, over = 'all', state = [] } = options;
  const { gradients = 'kept' } = options;
  check(options);
  const batchCount = batchesOf(combiner);
  const setup = setupOf(objectives, batchCount);
  combiner.check?.(setup);
  let shared: readonly boolean[] | null = over === 'all' ? variables.map(() => true) : null;
  const settle: RoadOptions<unknown>['shared'] = (rows, reached) => {
    shared ??= sharedBy(objectives, variables, rows, reached);
    return shared;
  };
  const common = { setup, variables, gradients, shared: settle };
  const road = roadOf(combiner, common, over);
  let step = 0;
  let disposed = false;
  let busy = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function run(batches: readonly Batch[]): Promise<StepReport> {
    const epoch = options.stepsPerEpoch ? Math.floor(step / options.stepsPerEpoch) : 0;
    const pass = forward(objectives, batches, variables, setup, {
      step,
      epoch,
      random: randomFrom(seed, step),
    });
    try {
      const report = pass.rows.length === 0 ? untouched(step, objectives) : await move(pass, batches);
      step++;
      return report;
    } catch (error) {
      if (error instanceof NonFiniteRow) {
        throw new Error(
          `Step ${step}: the gradients are finite, but what the combiner ${combiner.name} made of them is not in ` +
            `"${variables[error.variable]!.name}": its coefficients are too large. Nothing was changed. Restore an earlier checkpoint.`,
        );
      }
      if (!(error instanceof NonFinite)) throw error;
      const variable = error.variable === null ? null : variables[error.variable]!.name;
      const failure = new NonFiniteError(step, error.row.objective, variable);
      if (options.onNonFinite !== 'skip') throw failure;
      return { ...untouched(step++, objectives), skipped: failure };
    } finally {
      pass.dispose();
    }
  }

  async function move(pass: Forward, batches: readonly Batch[]): Promise<StepReport> {
    const answer = await road.answer(pass);
    let diagnostics = answer.diagnostics;
    try {
      if (!diagnostics?.worsened && options.diagnostics && step % options.diagnostics.every === 0) {
        diagnostics = await diagnoseAnew(pass, common, answer.direction);
      }
      if (disposed) throw new Error('The trainer was disposed of while a step was under way.');
      // The tape holds what the optimizer replaces.
      pass.dispose();
      if (options.schedule) setLearningRate(optimizer, options.schedule(step));
      apply(optimizer, variables, answer.direction);
    } catch (error) {
      answer.discard();
      throw error;
    }
    answer.commit();
    if (road.after) {
      const after = await lossesAgain(objectives, batches);
      // Losses that have run away are no lesson; the next step stops at them.
      if (after.every(Number.isFinite)) road.after(pass, after);
    }
    return {
      step,
      losses: meansByObjective(objectives, pass.rows, answer.losses),
      rows: pass.rows,
      coefficients: answer.groups[0]?.coefficients ?? [],
      certificate: answer.groups[0]?.certificate ?? null,
      groups: answer.groups,
      ...diagnosticsOf(diagnostics),
      updated: true,
      skipped: null,
    };
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
      enqueue(async () => ({
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
        remembered: await saveRows(road.state().remembered),
        memory: road.state().memory,
      })),
    restore: (checkpoint) =>
      enqueue(async () => {
        checkCheckpoint(checkpoint, {
          combiner,
          objectives,
          variables,
          state,
          optimizer,
          seed,
          over,
          ...road.state(),
        });
        restoreVariables(variables, checkpoint.variables);
        restoreVariables(state, checkpoint.state);
        restoreOptimizer(optimizer, checkpoint.optimizer);
        road.restore({ remembered: restoreRows(checkpoint.remembered), memory: checkpoint.memory });
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

function check<Batch>({
  variables,
  state = [],
  optimizer,
  schedule,
  diagnostics,
}: TrainerOptions<Batch>): void {
  if (tf.getGradient('Add') === undefined) {
    throw new Error(
      "TensorFlow.js has no gradients registered. import '@tensorflow/tfjs' first: its core package has none.",
    );
  }
  if (variables.length === 0)
    throw new Error('There are no variables to train. Give the ones the losses depend on.');
  const registered = tf.engine().registeredVariables;
  const seen = new Set<string>();
  for (const variable of [...variables, ...state]) {
    if (seen.has(variable.name)) throw new Error(`Variable "${variable.name}" is given twice.`);
    seen.add(variable.name);
    if (registered[variable.name] !== variable) {
      throw new Error(`Variable "${variable.name}" has been disposed of, so no optimizer can find it.`);
    }
    if (variable.dtype !== 'float32') {
      throw new Error(`Variable "${variable.name}" is ${variable.dtype}, but only float32 can be trained.`);
    }
  }
  if (schedule) checkHasLearningRate(optimizer);
  if (diagnostics && !(Number.isInteger(diagnostics.every) && diagnostics.every > 0)) {
    throw new Error(`diagnostics.every is ${diagnostics.every}, but must be a whole number of steps from 1.`);
  }
}

function apply(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  direction: readonly (tf.Tensor | null)[],
): void {
  tf.tidy(() => {
    // Every variable every time: tfjs optimizers keep their accumulators by position.
    const named = variables.map(({ name, shape }, v) => [name, direction[v] ?? tf.zeros(shape)] as const);
    optimizer.applyGradients(Object.fromEntries(named));
  });
  tf.dispose(direction as tf.Tensor[]);
}

/** Values of the losses after the step, on the same batches. */
async function lossesAgain<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
): Promise<readonly number[]> {
  const losses = tf.tidy(() => evaluate(objectives, batches) as tf.Scalar[]);
  const present = losses.filter((loss) => loss !== null);
  const { scalars } = await innerProducts([], present);
  tf.dispose(present);
  return scalars;
}
