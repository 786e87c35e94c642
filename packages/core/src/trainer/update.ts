import * as tf from '@tensorflow/tfjs-core';
import type { Certificate } from '../combiner.ts';
import type { Answer } from '../direction/direction.ts';
import { namedGradients } from '../direction/named-gradients.ts';
import type { Forward } from '../forward/forward.ts';
import { loaded } from '../loaded.ts';
import { weakest } from '../protocol/weakest-certificate.ts';
import { tidied } from '../tidied.ts';
import { directionsOf } from './directions.ts';
import { checkedLearningRate, rateAt, setLearningRate } from './learning-rate.ts';
import { snapshotOptimizer } from './optimizer-snapshot.ts';
import { diagnosticsOf, type StepReport } from './report.ts';
import type { Snapshot } from './snapshot.ts';
import type { Training } from './training.ts';

interface Update {
  /** The part of a step's report that is known here, with the losses of its rows. */
  readonly report: Omit<StepReport, 'step' | 'losses' | 'unreached' | 'outputs'> & Pick<Answer, 'losses'>;
  /** Null if an optimizer has used them. */
  readonly gradients: tf.NamedTensorMap | null;
}

/**
 * Computes a direction from the gradients. The optimizer follows it, or it is returned if there is no
 * optimizer. Adds a snapshot of the optimizer before the optimizer changes.
 */
export async function update<Batch>(
  training: Training<Batch>,
  pass: Forward,
  snapshots: Snapshot[],
  checkOpen: () => void,
): Promise<Update> {
  const { options, step } = training;
  const { optimizer } = options;
  const answer = await (await directionsOf(training)).answer(pass);
  let { diagnostics } = answer;
  let learningRate: number | null = null;
  let gradients: tf.NamedTensorMap | null = null;
  try {
    const every = options.diagnostics?.every;
    if (!diagnostics?.worsened && every !== undefined && step % every === 0) {
      const { diagnoseStep } = await loaded('the option diagnostics', import('./diagnose-step.ts'));
      const anew = await diagnoseStep(training, pass, answer.direction);
      diagnostics = { ...anew, cosines: diagnostics?.cosines ?? anew.cosines };
    }
    checkOpen();
    // The tape holds tensors that the optimizer replaces.
    pass.dispose();
    if (optimizer) learningRate = follow(training, optimizer, answer.direction, snapshots);
    else gradients = handedOut(training, answer.direction);
    if (answer.after) {
      const { lossesAfter } = await loaded('losses after the step', import('./losses-after.ts'));
      const losses = await lossesAfter(training, pass);
      checkOpen();
      // The method does not see losses that are not finite. The next step stops at them.
      if (losses.every(Number.isFinite)) answer.after(losses);
    }
  } catch (error) {
    answer.discard();
    throw error;
  }
  answer.commit();
  const { groups, losses, coefficientsFrom = step } = answer;
  const certificate = weakest(groups.map((group) => group.certificate));
  warnOfFallback(training, certificate);
  const report = {
    losses,
    rows: pass.rows,
    coefficients: groups[0]?.coefficients ?? [],
    coefficientsFrom: groups.length === 0 ? null : coefficientsFrom,
    certificate,
    groups,
    examplePasses: answer.examplePasses.map(({ variables, ...rest }) => ({
      ...rest,
      variables: variables.map((v) => options.variables[v]!.name),
    })),
    ...diagnosticsOf(diagnostics, options.objectives),
    learningRate,
    updated: optimizer !== undefined,
    skipped: null,
  };
  return { report, gradients };
}

/** Makes a step of the optimizer along the direction, which is used up. Returns the learning rate. */
function follow<Batch>(
  { options, step, frozen }: Training<Batch>,
  optimizer: tf.Optimizer,
  direction: Answer['direction'],
  snapshots: Snapshot[],
): number | null {
  const { variables, schedule } = options;
  snapshots.push(snapshotOptimizer(optimizer, variables));
  if (schedule) setLearningRate(optimizer, rateAt(schedule, step));
  const learningRate = checkedLearningRate(`Step ${step}`, optimizer);
  tf.tidy(() => optimizer.applyGradients(namedGradients(variables, direction, frozen)));
  tf.dispose(direction as tf.Tensor[]);
  return learningRate;
}

/** The direction, which the caller owns from then on. */
function handedOut<Batch>(
  { options: { variables }, frozen }: Training<Batch>,
  direction: Answer['direction'],
): tf.NamedTensorMap {
  const gradients = tidied(() => namedGradients(variables, direction, frozen));
  tf.dispose(direction.filter((_, v) => frozen[v]) as tf.Tensor[]);
  return gradients;
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
