/**
 * Milliseconds of the trainer's step, compared with a step in plain TensorFlow.js: `tf.variableGrads` for
 * every objective.
 *
 *     node benchmarks/micro/trainer-step.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { mixed, sum, upgrad } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type GradientCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';
import { createNetwork, type Network, objectivesOf, type Shape } from '../networks.ts';
import { errorOf, sample } from '../peers/uniform.ts';

const ROUNDS = isShort ? 1 : 15;
const EXAMPLES = isShort ? 32 : 256;
const RATE = 2 ** -10;

/** One way to train a network by a step of gradient descent. */
interface Way {
  readonly name: string;
  /** Prepares a network and returns a function that makes a step. */
  readonly create: (network: Network) => { step(): Promise<void>; dispose(): void };
  /** True if it moves the parameters in another way than the others. */
  readonly isOther?: boolean;
}

function trainer(
  name: string,
  combiner: () => GradientCombiner,
  options: { readonly levels: 'one' | 'each'; readonly over?: 'shared'; readonly isOther?: boolean },
): Way {
  const { levels, isOther = false, ...rest } = options;
  return {
    name,
    isOther,
    create(network) {
      const optimizer = tf.train.sgd(RATE);
      const made = createTrainer({
        objectives: objectivesOf(network, levels),
        combiner: combiner(),
        optimizer,
        variables: network.variables,
        ...rest,
      });
      return {
        step: async () => void (await made.step()),
        dispose() {
          made.dispose();
          optimizer.dispose();
        },
      };
    },
  };
}

/**
 * Plain TensorFlow.js: a forward and a backward pass for each of these losses, their sum, and the optimizer.
 */
function alone(name: string, lossesOf: (network: Network) => readonly (() => tf.Scalar)[]): Way {
  return {
    name,
    create(network) {
      const optimizer = tf.train.sgd(RATE);
      const losses = lossesOf(network);
      return {
        async step() {
          tf.tidy(() => {
            const total: tf.NamedTensorMap = {};
            for (const loss of losses) {
              for (const [variable, gradient] of Object.entries(tf.variableGrads(loss).grads)) {
                // The gradient is null if this loss does not depend on the variable.
                if (!gradient) continue;
                const before = total[variable];
                total[variable] = before ? tf.add(before, gradient) : gradient;
              }
            }
            optimizer.applyGradients(total);
          });
        },
        dispose: () => optimizer.dispose(),
      };
    },
  };
}

const each = (network: Network) => network.losses;
const total = ({ losses }: Network) => [() => tf.addN(losses.map((loss) => loss()))];

/** Our way first, then the ways to compare it with, each with the least ratio to reach. */
interface Comparison {
  readonly shape: Shape;
  readonly ours: Way;
  readonly others: readonly (Way & { readonly goal?: string })[];
}

const heads = (count: number): Comparison => ({
  shape: { trunk: [784, 512, 512], heads: count, examples: EXAMPLES },
  ours: trainer('UPGrad', upgrad, { levels: 'one', isOther: true }),
  others: [
    { ...alone(`${count} × variableGrads, added`, each), ...(count === 8 && { goal: '1.5 ×' }) },
    trainer('the sum, through the same passes', sum, { levels: 'one', over: 'shared' }),
  ],
});
const twoLosses = (trunk: readonly number[]): Comparison => ({
  shape: { trunk, heads: 1, examples: EXAMPLES },
  ours: trainer('Bloop', bloop, { levels: 'each' }),
  others: [
    { ...trainer('mixed, two backward passes', mixed, { levels: 'each', over: 'shared' }), goal: '0.91 ×' },
    { ...alone('2 × variableGrads, added', each), goal: '0.91 ×' },
  ],
});
const fixedWeights = (trunk: readonly number[]): Comparison => ({
  shape: { trunk, heads: 1, examples: EXAMPLES },
  ours: trainer('mixed', mixed, { levels: 'each' }),
  others: [alone('variableGrads of the sum', total)],
});

/** Checks that comparable ways lead to the same parameters. @throws if they do not. */
async function check({ shape, ours, others }: Comparison): Promise<void> {
  const moved: number[][] = [];
  for (const way of [ours, ...others].filter(({ isOther }) => !isOther)) {
    const network = createNetwork(shape);
    const student = way.create(network);
    const read = () =>
      sample(tf.tidy(() => tf.concat1d(network.variables.map((v) => v.flatten()))).dataSync(), 10000);
    const start = read();
    await student.step();
    moved.push(read().map((x, index) => x - start[index]!));
    errorOf(`A step of ${way.name}`, moved.at(-1)!, moved[0]!, 1e-3);
    student.dispose();
    network.dispose();
  }
}

async function measured(comparison: Comparison): Promise<string[][]> {
  await check(comparison);
  const { shape, ours, others } = comparison;
  const students = [ours, ...others].map((way) => {
    const network = createNetwork(shape);
    const student = way.create(network);
    const timed = async () => {
      const start = performance.now();
      await student.step();
      return performance.now() - start;
    };
    const dispose = () => {
      student.dispose();
      network.dispose();
    };
    return { name: way.name, timed, dispose };
  });
  const times = await byTurns(ROUNDS, Object.fromEntries(students.map(({ name, timed }) => [name, timed])));
  for (const { dispose } of students) dispose();
  const own = times[ours.name]!;
  const network = `MLP ${shape.trunk.join('-')}, ${shape.heads === 1 ? '2 losses' : `${shape.heads} heads`}`;
  return others.map(({ name, goal = '' }) => [
    network,
    ours.name,
    digits(median(own)),
    name,
    digits(median(times[name]!)),
    `${digits(ratio(times[name]!, own))} ×`,
    goal,
  ]);
}

tf.enableProdMode();
await startWasm();
const rows: string[][] = [];
for (const comparison of [
  heads(2),
  heads(4),
  heads(8),
  twoLosses([784, 256, 128]),
  twoLosses([784, 512, 512]),
  fixedWeights([784, 256, 128]),
  fixedWeights([784, 512, 512]),
]) {
  rows.push(...(await measured(comparison)));
}
console.log('## A training step, beside TensorFlow.js alone\n');
console.log(`Milliseconds of a step with SGD, batch ${EXAMPLES}; medians of ${ROUNDS} rounds.\n`);
console.log(table(['network', 'ours', 'ms', 'against', 'ms', 'ratio', 'to reach'], rows));
