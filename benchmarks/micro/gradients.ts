/**
 * The memory and time of a Jacobian by the number of rows that are there at once, and of steps whose inner
 * products do not run over all variables.
 *
 *     node benchmarks/micro/gradients.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { createTrainer, jacobian, representation, type TrainerOptions } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { byTurns, type Contestant, digits, isShort, ratio, table } from '../measure.ts';
import { createNetwork, type Network, objectivesOf } from '../networks.ts';
import { countMemory } from './count-memory.ts';

const ROUNDS = isShort ? 1 : 9;
const AT_ONCE = [2, 4, 8];

/** With few examples the tape is small. */
const networkOf = (heads: number, examples: number): Network =>
  createNetwork({ trunk: isShort ? [784, 256, 256] : [784, 512, 512], heads, examples });

/** The time of some work in milliseconds. */
const timed =
  (work: () => Promise<unknown>): Contestant =>
  async () => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };

/** The peak of each kind of work in rows, and its time as a multiple of the first. */
async function compared(
  network: Network,
  ways: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<string[]> {
  const row = 4 * network.variables.reduce((sum, { size }) => sum + size, 0);
  const peaks: string[] = [];
  for (const work of Object.values(ways)) {
    await work();
    peaks.push(((await peakOf(work)) / row).toFixed(2));
  }
  const contestants = Object.entries(ways).map(([name, work]) => [name, timed(work)] as const);
  const turns = await byTurns(ROUNDS, Object.fromEntries(contestants));
  const [first] = Object.keys(ways) as [string];
  const times = Object.keys(ways).map((name) => `${digits(ratio(turns[name]!, turns[first]!))} ×`);
  return peaks.map((peak, index) => (index === 0 ? peak : `${peak} (${times[index]})`));
}

async function jacobianLine(rows: number): Promise<string[]> {
  const network = networkOf(rows, 2);
  const work = (rowsAtOnce: number) => async () => {
    const options = rowsAtOnce < rows ? { rowsAtOnce } : {};
    const gradients = jacobian(() => network.losses.map((loss) => loss()), network.variables, options);
    tf.dispose((await gradients.combine(upgrad())).gradients);
    gradients.dispose();
  };
  const few = AT_ONCE.filter((count) => count < rows);
  const others = few.map((count) => [`${count} at once`, work(count)] as const);
  const line = await compared(network, { kept: work(rows), ...Object.fromEntries(others) });
  network.dispose();
  for (const [index, count] of [rows, ...few].entries()) {
    // The rows, and their combination.
    if (!(Number.parseFloat(line[index]!) <= 1.1 * (count + 1)))
      throw new Error(`${rows} rows, at most ${count} at once, took ${line[index]}.`);
  }
  return [String(rows), ...line, ...new Array<string>(AT_ONCE.length - few.length).fill('')];
}

async function stepLine(objectives: number): Promise<string[]> {
  const network = networkOf(objectives, 64);
  const optimizer = tf.train.sgd(2 ** -10);
  const last = network.variables[network.shared - 2]!;
  const overs = {
    all: 'all',
    shared: 'shared',
    layer: (variable: tf.Variable) => variable === last,
    features: representation(network.features),
  } satisfies Record<string, TrainerOptions<void>['over']>;
  const trainers = Object.entries(overs).map(([name, over]) => {
    const common = { combiner: upgrad(), optimizer, variables: network.variables };
    return [name, createTrainer({ ...common, objectives: objectivesOf(network, 'one'), over })] as const;
  });
  const ways = trainers.map(([name, trainer]) => [name, () => trainer.step()] as const);
  const line = await compared(network, Object.fromEntries(ways));
  for (const [, trainer] of trainers) trainer.dispose();
  optimizer.dispose();
  network.dispose();
  return [String(objectives), ...line];
}

tf.enableProdMode();
await startWasm();
const peakOf = countMemory();
console.log('## Gradients as a value, and inner products elsewhere\n');
const jacobians: string[][] = [];
for (const rows of [2, 4, 8, 16]) jacobians.push(await jacobianLine(rows));
console.log(
  'Peak of `jacobian` and UPGrad in the WebAssembly memory, in rows: as many bytes as all parameters take. In brackets, the time as a multiple of that with rows that are kept.\n',
);
console.log(table(['rows', 'kept', ...AT_ONCE.map((count) => `rowsAtOnce: ${count}`)], jacobians));
const steps: string[][] = [];
for (const objectives of [2, 4, 8]) steps.push(await stepLine(objectives));
console.log(
  "\nThe same of a step of UPGrad on 64 examples, by what inner products run over: all variables, `'shared'` ones, the last layer of the trunk, or the features:\n",
);
console.log(table(['objectives', 'all', "'shared'", 'last layer', 'representation'], steps));
