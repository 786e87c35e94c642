import * as tf from '@tensorflow/tfjs-core';
import type { Certificate } from '../combiner.ts';
import { diagnoseAnew } from '../direction/diagnose-anew.ts';
import type { Answer } from '../direction/direction.ts';
import type { Forward } from '../forward/forward.ts';
import { lossesAgain } from '../forward/losses-again.ts';
import { weakest } from '../protocol/weakest-certificate.ts';
import { rateAt } from '../schedule.ts';
import { checkedLearningRate, setLearningRate } from './learning-rate.ts';
import { snapshotOptimizer } from './optimizer-snapshot.ts';
import { diagnosticsOf, type StepReport } from './report.ts';
import { type Snapshot, snapshotVariables } from './snapshot.ts';
import type { Training } from './training.ts';

/** The part of a step's report that comes from the update, with the losses of its rows. */
export type Update = Omit<StepReport, 'step' | 'losses' | 'unreached'> & Pick<Answer, 'losses'>;

/**
 * Makes a direction of the gradients and lets the optimizer follow it. Adds a snapshot of the optimizer
 * before it changes.
 */
export async function update<Batch>(
  training: Training<Batch>,
  pass: Forward,
  batches: readonly Batch[],
  snapshots: Snapshot[],
  checkOpen: () => void,
): Promise<Update> {
  const { options, directions, step, frozen } = training;
  const { optimizer, variables, schedule } = options;
  const answer = await directions.answer(pass);
  let { diagnostics } = answer;
  let learningRate: number | null;
  try {
    const every = options.diagnostics?.every;
    if (!diagnostics?.worsened && every !== undefined && step % every === 0) {
      diagnostics = await diagnoseAnew(pass, { shared: training.seen, variables }, answer.direction);
    }
    checkOpen();
    // The tape holds what the optimizer replaces.
    pass.dispose();
    snapshots.push(snapshotOptimizer(optimizer, variables));
    if (schedule) setLearningRate(optimizer, rateAt(schedule, step));
    learningRate = checkedLearningRate(`Step ${step}`, optimizer);
    apply(optimizer, variables, answer.direction, frozen);
    if (answer.after) {
      const losses = await lossesAfter(training, pass, batches);
      checkOpen();
      // Losses that have run away are no lesson; the next step stops at them.
      if (losses.every(Number.isFinite)) answer.after(losses);
    }
  } catch (error) {
    answer.discard();
    throw error;
  }
  answer.commit();
  const { groups, losses } = answer;
  const certificate = weakest(groups.map((group) => group.certificate));
  warnOfFallback(training, certificate);
  return {
    losses,
    rows: pass.rows,
    coefficients: groups[0]?.coefficients ?? [],
    certificate,
    groups,
    ...diagnosticsOf(diagnostics, options.objectives),
    learningRate,
    updated: true,
    skipped: null,
  };
}

/** The losses on the same batches after the update. Variables that this evaluation changes go back. */
async function lossesAfter<Batch>(
  { options, setup }: Training<Batch>,
  pass: Forward,
  batches: readonly Batch[],
): Promise<readonly number[]> {
  const { objectives, variables, state } = options;
  const now = snapshotVariables([...variables, ...state]);
  try {
    return await lossesAgain(objectives, batches, setup, pass);
  } finally {
    now.restore();
    now.release();
  }
}

function apply(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  direction: readonly (tf.Tensor | null)[],
  frozen: readonly boolean[],
): void {
  tf.tidy(() => {
    // Every variable every time: tfjs optimizers keep their accumulators by position. They leave one without
    // a gradient where it is, and its accumulators.
    const named = variables.map(({ name, shape }, v) => {
      return [name, frozen[v] ? null : (direction[v] ?? tf.zeros(shape))] as const;
    });
    optimizer.applyGradients(Object.fromEntries(named) as tf.NamedTensorMap);
  });
  tf.dispose(direction as tf.Tensor[]);
}

function warnOfFallback<Batch>(
  { options, step, warn }: Training<Batch>,
  certificate: Certificate | null,
): void {
  if (certificate?.solved !== false) return;
  warn(
    'certificate',
    `Step ${step}: the combiner ${options.combiner.name} cannot vouch for its answer${certificate.note ? ` (${certificate.note})` : ''}, which is that of its fallback. ` +
      "This is said once: see `certificate` in every step's report.",
  );
}
