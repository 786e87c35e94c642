/**
 * Milliseconds of a training step whose objectives are the single examples of the batch, on the wasm backend
 * and with the autogram engine of TorchJD, beside a plain step of the mean loss.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/examples.ts [--short]
 */
import { loadavg } from 'node:os';
import { startWasm } from '@scalpel/backends';
import { mean, upgrad } from '@scalpel/baselines';
import { createTrainer, type GradientCombiner, type GramianStep, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { byTurns, type Contestant, digits, isShort, median, ratio, table } from '../measure.ts';
import { type Convolutional, createConvolutional } from '../networks.ts';
import { type Peer, startPeer, versionsOf } from './python.ts';
import { errorOf } from './uniform.ts';

const ROUNDS = isShort ? 1 : 31;
const EXAMPLES = isShort ? 8 : 64;
const RATE = 2 ** -10;

/** The mean, though from the Gramian: what one objective per example costs without a solver. */
const meanOfRows: GradientCombiner = {
  name: 'mean of rows',
  needs: 'gramian',
  combine: ({ rows }) => ({ coefficients: rows.map(() => 1 / rows.length) }),
};

interface Way {
  readonly id: 'plain' | 'mean' | 'upgrad';
  readonly name: string;
  readonly create: () => GradientCombiner;
  /** The largest difference between the directions, relative to the largest element. */
  readonly tolerance: number;
}

const WAYS: readonly Way[] = [
  { id: 'plain', name: 'plain step of the mean loss', create: mean, tolerance: 1e-4 },
  { id: 'mean', name: 'Gramian and direction, mean', create: () => meanOfRows, tolerance: 1e-4 },
  {
    id: 'upgrad',
    name: 'Gramian and direction, UPGrad',
    // What the peer adds to the diagonal.
    create: () => upgrad({ regularization: 1e-4 }),
    tolerance: 1e-3,
  },
];

function objectiveOf({ id }: Way, { losses }: Convolutional): Objective {
  const common = { name: 'loss', priority: 0 };
  if (id === 'plain') return { ...common, loss: () => tf.mean(losses()) };
  return { ...common, perExample: true, loss: losses };
}

/** The combiner, with a look at each Gramian and at the milliseconds that its answer took. */
function watched(
  combiner: GradientCombiner,
  watch: (step: GramianStep, milliseconds: number) => void,
): GradientCombiner {
  if (combiner.needs !== 'gramian') return combiner;
  return {
    ...combiner,
    combine(step: GramianStep) {
      const start = performance.now();
      const answer = combiner.combine(step);
      watch(step, performance.now() - start);
      return answer;
    },
  };
}

/** The network in training, one of the ways. */
function createSide(way: Way, watch: Parameters<typeof watched>[1], optimizer?: tf.Optimizer) {
  const network = createConvolutional(EXAMPLES);
  const trainer = createTrainer({
    objectives: [objectiveOf(way, network)],
    combiner: watched(way.create(), watch),
    variables: network.variables,
    ...(optimizer && { optimizer }),
  });
  const dispose = () => {
    trainer.dispose();
    network.dispose();
  };
  return { trainer, variables: network.variables, dispose };
}

/** The first direction in full, with the Gramian that it comes from. */
async function firstOf(way: Way) {
  let gramian: readonly number[] = [];
  const { trainer, variables, dispose } = createSide(way, (step) => {
    gramian = Array.from(step.gramian.entries);
  });
  const { gradients, report } = await trainer.combineGradients();
  const direction = variables.flatMap(({ name }) => [...gradients![name]!.dataSync<'float32'>()]);
  tf.dispose(gradients!);
  dispose();
  return { direction, gramian, passes: report.examplePasses };
}

/** Compares the first directions and Gramians with the peer's. @throws if they differ. */
async function compare(peer: Peer): Promise<string> {
  const errors: string[] = [];
  for (const way of WAYS) {
    await peer.ask({ examples: EXAMPLES });
    const own = await firstOf(way);
    const theirs = await peer.ask<{ readonly direction: number[]; readonly gramian: number[] }>({
      first: way.id,
    });
    const error = errorOf(`The direction of ${way.name}`, own.direction, theirs.direction, way.tolerance);
    if (way.id === 'plain') continue;
    const gramian = errorOf(`The Gramian of ${way.name}`, own.gramian, theirs.gramian, 1e-5);
    errors.push(`${way.name}: Gramian ${gramian.toExponential(0)}, direction ${error.toExponential(0)}`);
  }
  return errors.join('; ');
}

tf.enableProdMode();
await startWasm();
console.log('## The examples of a batch as objectives\n');
const peer = await startPeer('examples.py');
const agreement = peer && (await compare(peer));
const { passes } = await firstOf(WAYS[2]!);

await peer?.ask({ examples: EXAMPLES });
const contestants: Record<string, Contestant> = {};
/** The milliseconds of UPGrad itself in each step. */
const solving: number[] = [];
for (const way of WAYS) {
  const watch = way.id === 'upgrad' ? (_: GramianStep, time: number) => solving.push(time) : () => {};
  const { trainer } = createSide(way, watch, tf.train.sgd(RATE));
  contestants[`own ${way.id}`] = async () => {
    const start = performance.now();
    await trainer.step();
    return performance.now() - start;
  };
  if (!peer) continue;
  contestants[`peer ${way.id}`] = async () =>
    (await peer.ask<{ readonly milliseconds: number }>({ time: way.id })).milliseconds;
}
const times = await byTurns(ROUNDS, contestants);

const rows = WAYS.map(({ id, name }) => {
  const own = times[`own ${id}`]!;
  const theirs = times[`peer ${id}`];
  const beside = (side: string, measured: readonly number[]) =>
    id === 'plain' ? '' : `${digits(ratio(measured, times[`${side} plain`]!))} ×`;
  return [
    name,
    digits(median(own)),
    beside('own', own),
    ...(theirs
      ? [digits(median(theirs)), beside('peer', theirs), `${digits(ratio(theirs, own))} ×`]
      : ['', '', '']),
  ];
});
console.log(
  `CNN 28x28 with 16 and 32 filters, batch ${EXAMPLES}: each example is an objective. Milliseconds of a whole step with SGD, medians of ` +
    `${ROUNDS} rounds, each beside the side's own plain step. TorchJD's engine computes the Gramian, then the weighted losses go backward.\n`,
);
console.log(`${table(['step', 'Scalpel', 'of plain', 'PyTorch, TorchJD', 'of plain', 'ratio'], rows)}\n`);
console.log(`UPGrad itself takes ${digits(median(solving))} ms of its step on our side.\n`);
for (const { variables, because } of passes) {
  console.log(`One backward pass an example for ${variables.length} of the variables: ${because}.\n`);
}
if (peer) {
  console.log(`Differences relative to the largest element: ${agreement}.\n`);
  console.log(versionsOf(peer));
}
const load = loadavg()[0]!;
if (load > 1.5) console.log(`\n*The machine was busy (load ${digits(load)}): only the ratios count.*`);
peer?.end();
