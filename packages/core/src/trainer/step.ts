import type * as tf from '@tensorflow/tfjs-core';
import type { DirectionComputation } from '../direction/direction.ts';
import { finiteLosses } from '../direction/finite.ts';
import type { FirstSums } from '../forward/first-pass.ts';
import { type Forward, forward } from '../forward/forward.ts';
import { BatchInPieces, piecesOf } from '../forward/pieces.ts';
import { NonFiniteError } from '../non-finite.ts';
import { randomFrom } from '../random.ts';
import { innerProducts, NonFiniteRow } from '../rows/rows.ts';
import { directionsOf } from './directions.ts';
import { nameDisposed } from './disposed-batch.ts';
import { checkReach, namesOf } from './reach.ts';
import { meansByObjective, type StepReport, untouched } from './report.ts';
import { type Snapshot, snapshotVariables } from './snapshot.ts';
import { checkAlive, movedBeside } from './trained-variables.ts';
import { forgetOutputs, type Training } from './training.ts';
import { update } from './update.ts';

export interface StepResult {
  readonly report: StepReport;
  /** The gradients, which the caller owns. Null if an optimizer has used them, or if there are none. */
  readonly gradients: tf.NamedTensorMap | null;
}

/**
 * Runs one step as a transaction: if it throws or is left out, its changes are undone. `checkOpen` throws if
 * the trainer has been disposed of in the meantime.
 */
export async function runStep<Batch>(
  training: Training<Batch>,
  batches: readonly (Batch | BatchInPieces<Batch>)[],
  checkOpen: () => void,
): Promise<StepResult> {
  const { variables, state, objectives, onNonFinite } = training.options;
  forgetOutputs(training);
  checkAlive(variables);
  checkAlive(state);
  training.checkObjectives();
  training.frozen = variables.map(({ trainable }) => !trainable);
  const sharedBefore = training.shared;
  const snapshots: Snapshot[] = [snapshotVariables([...variables, ...state])];
  try {
    const result = await attempt(training, batches, snapshots, checkOpen);
    training.step++;
    return result;
  } catch (error) {
    for (const one of snapshots.toReversed()) one.restore();
    forgetOutputs(training);
    training.shared = sharedBefore;
    if (error instanceof NonFiniteRow) throw tooLarge(training, error);
    if (!(error instanceof NonFiniteError)) throw nameDisposed(error, batches);
    if (onNonFinite !== 'skip') throw error;
    return { report: { ...untouched(training.step++, objectives), skipped: error }, gradients: null };
  } finally {
    for (const one of snapshots) one.release();
  }
}

async function attempt<Batch>(
  training: Training<Batch>,
  batches: readonly (Batch | BatchInPieces<Batch>)[],
  snapshots: Snapshot[],
  checkOpen: () => void,
): Promise<StepResult> {
  const { options, step } = training;
  const { objectives } = options;
  const undo = () => snapshots[0]!.restore();
  const directions = await directionsOf(training);
  const pass = watched(training, () => evaluatedStep(training, directions, batches, undo));
  const { outputs } = pass;
  training.outputs = outputs;
  const nothing: StepResult = { report: { ...untouched(step, objectives), outputs }, gradients: null };
  try {
    const { rows, losses } = pass.unreached;
    if (pass.rows.length + rows.length === 0) return nothing;
    checkReach(training, pass);
    const values =
      rows.length === 0 ? [] : finiteLosses({ step, rows }, (await innerProducts([], losses)).scalars);
    const known = (taught: readonly number[]) => ({
      losses: meansByObjective(objectives, [...pass.rows, ...rows], [...taught, ...values]),
      unreached: namesOf(rows),
      outputs,
    });
    if (pass.rows.length === 0) return { ...nothing, report: { ...nothing.report, ...known([]) } };
    const { report, gradients } = await update(training, pass, snapshots, checkOpen);
    const { losses: taught, ...rest } = report;
    return { report: { step, ...known(taught), ...rest }, gradients };
  } finally {
    pass.dispose();
  }
}

/** The forward pass of a step. `undo` gives the variables the values back that they had before it. */
function evaluatedStep<Batch>(
  { options, setup, step }: Training<Batch>,
  directions: DirectionComputation,
  batches: readonly (Batch | BatchInPieces<Batch>)[],
  undo: () => void,
): Forward {
  const { objectives, variables, seed, stepsPerEpoch } = options;
  const epoch = stepsPerEpoch ? Math.floor(step / stepsPerEpoch) : 0;
  const facts = { step, epoch, random: randomFrom(seed, step) };
  const inPieces = batches.find((batch) => batch instanceof BatchInPieces);
  if (!inPieces) return forward(objectives, batches as readonly Batch[], variables, setup, facts, options.at);
  const wanted: FirstSums = (rows) => directions.firstSums(rows, step);
  return inPieces.forward({ objectives, pieces: piecesOf(batches), variables, setup, facts, wanted, undo });
}

/** Evaluates the losses. Warns of variables that they change although the trainer does not know them. */
function watched<Batch, Value>(
  { options: { variables, state }, step, warn }: Training<Batch>,
  evaluate: () => Value,
): Value {
  const others = movedBeside([...variables, ...state]);
  const value = evaluate();
  for (const name of others()) {
    warn(
      `moved ${name}`,
      `Step ${step}: the losses change the variable "${name}", which is not in \`state\`: no step puts it back, and no checkpoint holds it. ` +
        "Give it in createTrainer's `state`.",
    );
  }
  return value;
}

function tooLarge<Batch>({ options, step }: Training<Batch>, { variable }: NonFiniteRow): Error {
  return new Error(
    `Step ${step}: the gradients are finite, but what the combiner ${options.combiner.name} made of them is not in ` +
      `"${options.variables[variable]!.name}": its coefficients are too large. Nothing was changed. Restore an earlier checkpoint.`,
  );
}
