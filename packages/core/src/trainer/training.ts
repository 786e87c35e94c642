import * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner, Setup } from '../combiner.ts';
import type { DirectionComputation, DirectionOptions } from '../direction/direction.ts';
import { elementDirection } from '../direction/elements.ts';
import { gramianDirection } from '../direction/gramian.ts';
import { checkKeeps, keepCoefficients } from '../direction/kept-coefficients.ts';
import { partialDirection } from '../direction/partial-direction.ts';
import { singlePassDirection } from '../direction/single-pass.ts';
import { passesWith } from '../direction/start-passes.ts';
import type { Outputs } from '../forward/forward.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import { checkExamples } from '../protocol/check-examples.ts';
import { batchesOf } from '../protocol/declared.ts';
import { checkUnchanged, setupOf } from '../protocol/setup.ts';
import type { Settled } from './options.ts';
import { checkOver, type SettledOver } from './over.ts';
import { sharedBy } from './shared-variables.ts';
import { warner } from './warn.ts';

/** Everything that a trainer knows: its options, and its progress. */
export interface Training<Batch> {
  readonly options: Settled<Batch>;
  readonly setup: Setup;
  /** Number of independent batches that a step takes. */
  readonly batchCount: number;
  readonly directions: DirectionComputation;
  /** What is done with each variable in a step. */
  readonly roles: DirectionOptions<unknown>['roles'];
  /** Throws if the objectives are no longer those given at the start. */
  readonly checkObjectives: () => void;
  readonly warn: (key: string, message: string) => void;
  /** Number of steps made. */
  step: number;
  /** For each variable, true if inner products run over it. Null while that is not known. */
  shared: readonly boolean[] | null;
  /** For each variable, true if it is not trainable in this step. */
  frozen: readonly boolean[];
  /** The outputs of the latest step. */
  outputs: readonly Outputs[];
  /** Names of the objectives whose losses have depended on a variable. */
  readonly reaching: Set<string>;
}

export function startTraining<Batch>(options: Settled<Batch>): Training<Batch> {
  const { objectives, combiner, variables, over, at } = options;
  const batchCount = batchesOf(combiner);
  const setup = setupOf(objectives, batchCount);
  const checkObjectives = checkUnchanged(objectives);
  combiner.check?.(setup);
  checkExamples(combiner, setup);
  const names = variables.map(({ name }) => name);
  at?.check(combiner, setup, options.coefficients !== undefined);
  checkOver(combiner, over, names);
  const roles: Training<Batch>['roles'] = (rows, reached) => {
    const { frozen } = training;
    if (over === 'shared') training.shared ??= sharedBy(objectives, variables, rows, reached);
    // A frozen variable has no gradients to compare its remembered rows with.
    const compared = frozen.map((isFrozen, v) => !isFrozen && training.shared?.[v] !== false);
    if (typeof over === 'string') return { compared, combined: compared };
    return { compared, combined: frozen.map((isFrozen) => !isFrozen) };
  };
  const training: Training<Batch> = {
    options,
    setup,
    batchCount,
    directions: directionsOf(options, { setup, variables, roles }),
    roles,
    checkObjectives,
    warn: warner(),
    step: 0,
    shared: maskOf(over, variables),
    frozen: [],
    outputs: [],
    reaching: new Set(),
  };
  return training;
}

/** For each variable, true if inner products run over it. Null if that is not known from the options. */
function maskOf(
  over: SettledOver,
  variables: readonly { readonly name: string }[],
): readonly boolean[] | null {
  if (over === 'shared' || over === 'representation') return null;
  return variables.map(({ name }) => over === 'all' || over.includes(name));
}

/** Frees the outputs of the latest step. */
export function forgetOutputs<Batch>(training: Training<Batch>): void {
  tf.dispose(training.outputs as tf.TensorContainer);
  training.outputs = [];
}

/** The cheapest computation that gives the combiner what it needs. */
function directionsOf<Batch>(
  { combiner, over, at, gradients, coefficients }: Settled<Batch>,
  given: Omit<DirectionOptions<GradientCombiner>, 'combiner' | 'startPasses'>,
): DirectionComputation {
  if (coefficients) checkKeeps(combiner, given.setup);
  const common = { ...given, startPasses: passesWith(gradients) };
  if (at) return at.directions({ ...common, combiner: asGramian(combiner) });
  if (combiner.needs === 'elements') return elementDirection({ ...common, combiner });
  // Private variables keep the gradients of their own objective, and one weighted pass does not give these.
  if (combiner.needs === 'gramian' || over === 'shared') {
    const options = { ...common, combiner: asGramian(combiner) };
    const selected = maskOf(over, given.variables);
    const computation = selected?.includes(false)
      ? partialDirection(options, selected)
      : gramianDirection(options);
    return coefficients ? keepCoefficients(computation, options, coefficients.every) : computation;
  }
  return singlePassDirection({ ...common, combiner });
}
