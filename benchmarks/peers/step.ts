/**
 * Milliseconds of a whole training step (forward, K backward passes, combine, SGD) on the wasm backend. The
 * same step runs in TorchJD, and in PyTorch with a loop over the losses.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/step.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { mgda, upgrad } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type GradientCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { byTurns, type Contestant, digits, isShort, median, ratio, table } from '../measure.ts';
import { createNetwork, objectivesOf, type Shape } from '../networks.ts';
import { startPeer, versionsOf } from './python.ts';
import { sample } from './uniform.ts';

const ROUNDS = isShort ? 1 : 15;
/** Bloop projects from its second step on. */
const COMPARED_STEPS = 3;

interface Method {
  readonly id: string;
  readonly name: string;
  readonly create: () => GradientCombiner;
  readonly ways: readonly ('torchjd' | 'loops')[];
  /** The largest difference from the peer's parameters, relative to the distance that they have moved. */
  readonly tolerance: number;
}

const METHODS: readonly Method[] = [
  { id: 'bloop', name: 'Bloop', create: () => bloop(), ways: ['loops'], tolerance: 1e-3 },
  {
    id: 'upgrad',
    name: 'UPGrad',
    create: () => upgrad({ regularization: 1e-4 }),
    ways: ['torchjd', 'loops'],
    tolerance: 1e-3,
  },
  // TorchJD's Frank-Wolfe iteration stops before it has converged; ours is exact.
  { id: 'mgda', name: 'MGDA', create: mgda, ways: ['torchjd', 'loops'], tolerance: 0.2 },
];

interface Timed {
  readonly milliseconds: number;
}

interface Problem {
  readonly title: string;
  readonly shape: Shape;
  readonly methods: readonly string[];
  readonly torchjd: string;
}

const examples = isShort ? 32 : 256;
const PROBLEMS: readonly Problem[] = [
  {
    title: 'MLP 784-256-128-10, cross-entropy and mean square of the logits',
    shape: { trunk: [784, 256, 128], heads: 1, examples },
    methods: ['bloop', 'upgrad', 'mgda'],
    torchjd: 'backward',
  },
  {
    title: 'MLP 784-512-512 under 8 heads of 10 classes',
    shape: { trunk: [784, 512, 512], heads: 8, examples },
    methods: ['upgrad', 'mgda'],
    torchjd: 'mtl_backward',
  },
];

/** Trains the network of that shape with the method. */
function createStudent(shape: Shape, { id, create }: Method, rate: number) {
  const network = createNetwork(shape);
  const optimizer = tf.train.sgd(rate);
  const trainer = createTrainer({
    objectives: objectivesOf(network, id === 'bloop' ? 'each' : 'one'),
    combiner: create(),
    optimizer,
    variables: network.variables,
    over: 'shared',
  });
  return {
    async step() {
      const start = performance.now();
      await trainer.step();
      return performance.now() - start;
    },
    parameters: () =>
      sample(tf.tidy(() => tf.concat1d(network.variables.map((v) => v.flatten()))).dataSync(), 10000),
    dispose() {
      trainer.dispose();
      network.dispose();
      optimizer.dispose();
    },
  };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, index) => x - b[index]!));
}

tf.enableProdMode();
await startWasm();
console.log('## A training step, beside PyTorch and TorchJD\n');
const peer = await startPeer('step.py');

/** Compares the parameters after a few steps with the peer's. @throws if they differ. */
async function compare(shape: Shape, method: Method, way: string): Promise<void> {
  const rate = 0.125;
  const ours = createStudent(shape, method, rate);
  const start = ours.parameters();
  for (let step = 0; step < COMPARED_STEPS; step++) await ours.step();
  const own = ours.parameters();
  ours.dispose();
  await peer!.ask({ network: shape, rate });
  await peer!.ask({ steps: COMPARED_STEPS, way, method: method.id });
  const { sample: theirs } = await peer!.ask<{ readonly sample: number[] }>('parameters');
  const difference = distance(own, theirs) / distance(theirs, start);
  if (!(difference < method.tolerance)) {
    throw new Error(
      `${method.name}, ${way}: after ${COMPARED_STEPS} steps our parameters differ from theirs by ${difference} of the way.`,
    );
  }
}

for (const { title, shape, methods, torchjd } of PROBLEMS) {
  const rows: string[][] = [];
  for (const method of METHODS.filter(({ id }) => methods.includes(id))) {
    const rate = 0.001;
    const student = createStudent(shape, method, rate);
    const ways = peer ? method.ways : [];
    for (const way of ways) await compare(shape, method, way);
    await peer?.ask({ network: shape, rate });
    const contestants: Record<string, Contestant> = { own: student.step };
    for (const way of ways) {
      contestants[way] = async () =>
        (await peer!.ask<Timed>({ steps: 1, way, method: method.id })).milliseconds;
    }
    const { own, ...others } = await byTurns(ROUNDS, contestants);
    student.dispose();
    const theirs = (['torchjd', 'loops'] as const).flatMap((way) => {
      const times = others[way];
      return times ? [digits(median(times)), `${digits(ratio(times, own!))} ×`] : ['', ''];
    });
    rows.push([method.name, digits(median(own!)), ...theirs]);
  }
  console.log(`${title}, batch ${shape.examples}; ms, medians of ${ROUNDS} rounds:\n`);
  console.log(
    `${table(['method', 'Scalpel', `TorchJD ${torchjd}`, 'ratio', 'PyTorch loops', 'ratio'], rows)}\n`,
  );
}
if (peer) console.log(versionsOf(peer));
peer?.end();
