import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { GradientCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import type { Representation } from '../direction/direction.ts';
import { nearest } from '../nearest.ts';
import type { Objective } from '../objective.ts';
import { oneOf, wholeNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { checkCombiner } from '../protocol/check-combiner.ts';
import type { Schedule } from '../schedule.ts';
import { checkOptimizer } from './check-optimizer.ts';
import { isOver, notOver, type Over, type SettledOver, settleOver } from './over.ts';
import { checkVariables } from './trained-variables.ts';

export interface TrainerOptions<Batch> {
  /** The objectives in any order; their `priority` gives the order of importance. */
  readonly objectives: readonly Objective<Batch>[];
  readonly combiner: GradientCombiner;
  /**
   * Any `tf.train.*` optimizer. Its learning rate must be finite and >= 0 in every step. You still own it and
   * dispose of it. Leave it out to use the gradients yourself: see `Trainer.combineGradients`.
   */
  readonly optimizer?: tf.Optimizer;
  /**
   * The variables to train. Every step gives the optimizer a gradient for each of them, which is zero if no
   * loss depends on it. A variable whose `trainable` is false in a step, such as one of a frozen layer, does
   * not move.
   */
  readonly variables: readonly tf.Variable[];
  /** The seed of everything random in the combiner. Default 0. */
  readonly seed?: number;
  /** The learning rate of each step. Default: the optimizer's own. */
  readonly schedule?: Schedule;
  /** The number of steps in an epoch, for combiners that count epochs. Default: all steps are in epoch 0. */
  readonly stepsPerEpoch?: number;
  /**
   * What inner products run over. Default `all`.
   *
   * - `all` variables, as in the papers.
   * - `shared`: those that at least two objectives depend on, as in multi-task libraries. A variable that only
   *   one objective depends on gets that objective's gradient times its weight. The first step determines the
   *   shared variables, so it needs a loss from every objective.
   * - Names of variables, or a function that answers true for some of them. Here the other variables are not
   *   left to themselves: every variable gets the same coefficients, Σ coefficient · gradient. Each loss must
   *   depend on a selected variable. The function is asked once, by createTrainer. Unless the combiner
   *   remembers rows or has groups, there are K gradients of the selected variables, and one of all. Then
   *   `lengths`, `worsened` and `distanceToStationarity` in reports need `diagnostics`.
   * - `representation(features)`: no variables, but features that all losses share.
   */
  readonly over?: Over;
  /**
   * The gradients that are in memory at once. Combiners of fixed weights or of losses alone need only one
   * anyway. Default `kept`.
   *
   * - `kept`: one per objective.
   * - `half`: one per objective, rounded to float16, in half of the memory. On wasm and WebGPU. As
   *   `kept` where an objective is `perExample`.
   * - `streamed`: those of one variable at a time, for models whose K gradients do not fit. All backward passes
   *   run side by side, and run twice. If the combiner remembers no rows, they run once, followed by one pass
   *   of the weighted losses. The direction is the same.
   */
  readonly gradients?: 'kept' | 'half' | 'streamed';
  /**
   * Keeps the coefficients of the combiner for `every` steps: it is asked in the steps 0, every, 2·every, …
   * In the steps between, one backward pass of the losses with the latest coefficients replaces one pass per
   * objective. A step with an objective that had no coefficient asks the combiner too. For combiners that
   * need inner products and remember no gradients. Default: new coefficients in every step.
   */
  readonly coefficients?: { readonly every: number };
  /**
   * Further variables that losses change, such as the moving averages of batch normalisation. Checkpoints
   * contain them. If a step is left out or throws, they get their old values back.
   */
  readonly state?: readonly tf.Variable[];
  /**
   * The reaction to a NaN or infinite gradient. `throw` ends the step with a `NonFiniteError`, and `skip`
   * leaves the step out. Default `throw`.
   */
  readonly onNonFinite?: 'throw' | 'skip';
  /**
   * Reports cosines, lengths, the objectives that the direction worsens and the distance to stationarity,
   * once every so many steps, even if the combiner needs no Gramian. This costs one backward pass per
   * objective.
   */
  readonly diagnostics?: { readonly every: number };
}

/**
 * The options with their defaults. They are copied, so later changes to the caller's options have no effect.
 */
export type Settled<Batch> = Omit<TrainerOptions<Batch>, 'over'> &
  Required<Pick<TrainerOptions<Batch>, 'seed' | 'gradients' | 'state' | 'onNonFinite'>> & {
    readonly over: SettledOver;
    readonly at: Representation | undefined;
  };

const anything = v.custom<unknown>((value) => value !== undefined, 'it is missing');
const list = v.array(v.unknown(), ({ input }) => `it is ${described(input)}, but must be a list`);

const schema = v.strictObject({
  objectives: list,
  combiner: anything,
  optimizer: v.optional(v.unknown()),
  variables: list,
  seed: v.optional(wholeNumber(), 0),
  schedule: v.optional(
    v.custom(
      (value) => typeof value === 'function',
      ({ input }) =>
        `it is ${described(input)}, but must be a function of the step, as cosineSchedule({ … }) is`,
    ),
  ),
  stepsPerEpoch: v.optional(wholeNumber(1)),
  over: v.optional(
    v.custom<Over>(isOver, ({ input }) => notOver(input)),
    'all',
  ),
  gradients: v.optional(oneOf(['kept', 'half', 'streamed']), 'kept'),
  coefficients: v.optional(v.strictObject({ every: wholeNumber(1) })),
  state: v.optional(list, []),
  onNonFinite: v.optional(oneOf(['throw', 'skip']), 'throw'),
  diagnostics: v.optional(v.strictObject({ every: wholeNumber(1) })),
});

export function settle<Batch>(options: TrainerOptions<Batch>): Settled<Batch> {
  if (tf.getGradient('Add') === undefined) {
    throw new Error(
      "TensorFlow.js has no gradients registered. import '@tensorflow/tfjs' first: its core package has none.",
    );
  }
  const settled = checkOptions('createTrainer', schema, options);
  checkCombiner('createTrainer', settled.combiner);
  for (const [index, objective] of settled.objectives.entries()) checkObjective(objective, index);
  checkVariables({ variables: settled.variables, state: settled.state });
  const variables = settled.variables as readonly tf.Variable[];
  const result = { ...settled, ...settleOver(settled.over, variables) } as unknown as Settled<Batch>;
  checkOptimizer(result);
  return result;
}

const FIELDS = ['name', 'priority', 'weight', 'perExample', 'loss'];

function checkObjective(given: unknown, index: number): void {
  if (typeof given !== 'object' || given === null) {
    throw new Error(`objectives[${index}] is ${described(given)}, but must be { name, priority, loss }.`);
  }
  const objective = given as Partial<Objective<never>>;
  if (typeof objective.name !== 'string') {
    throw new Error(`objectives[${index}] has ${described(objective.name)} as its name. Give it a text.`);
  }
  // An objective may have further properties, but hardly one with almost the name of a missing field.
  const missing = FIELDS.filter((field) => !(field in objective));
  for (const key of Object.keys(objective)) {
    const meant = FIELDS.includes(key) ? undefined : nearest(key, missing);
    if (meant) throw new Error(`Objective "${objective.name}" has no "${meant}", but "${key}". Rename that.`);
  }
  const { perExample = false } = objective;
  if (typeof perExample !== 'boolean') {
    throw new Error(
      `Objective "${objective.name}": perExample is ${described(perExample)}, but must be true or false.`,
    );
  }
  if (typeof objective.loss !== 'function') {
    throw new Error(
      `Objective "${objective.name}": its loss is ${described(objective.loss)}, but must be a function of the batch.`,
    );
  }
}
