/**
 * The peak memory of a step on the wasm backend by the ways to save it, what these cost in time, and the number
 * of parameters that fit into its memory.
 *
 *     node benchmarks/micro/memory.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer, inPieces, type Objective, shared, type Trainer } from '@scalpel/core';
import { combinations, innerProducts } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import { byTurns, digits, isShort, ratio, table } from '../measure.ts';
import { createNetwork, objectivesOf } from '../networks.ts';
import { countMemory } from './count-memory.ts';

interface Case {
  readonly gradients: number;
  /**
   * The number of averages. Bloop, with each objective on a level of its own, has one for each level but the
   * last.
   */
  readonly averages: number;
}

type Way = 'kept' | 'half' | 'streamed' | 'in pieces';
const WAYS: readonly Way[] = ['kept', 'half', 'streamed', 'in pieces'];

interface Measured {
  /**
   * The peak memory of a step, in rows. One row is as large as all parameters. The averages exist before the
   * step and are counted.
   */
  readonly rows: number;
  /** The size of the largest variable, in rows. */
  readonly largest: number;
  /** Makes a step, and gives its milliseconds. */
  readonly step: () => Promise<number>;
  dispose(): void;
}

async function measured({ gradients, averages }: Case, way: Way): Promise<Measured> {
  // With few examples the tape is small.
  const network = createNetwork({
    trunk: isShort ? [784, 512, 512] : [784, 1024, 1024],
    heads: gradients,
    examples: 2,
  });
  const optimizer = tf.train.sgd(2 ** -10);
  const trainer = createTrainer({
    objectives: objectivesOf(network, averages > 0 ? 'each' : 'one'),
    combiner: averages > 0 ? bloop() : upgrad(),
    optimizer,
    variables: network.variables,
    gradients: way === 'in pieces' ? 'kept' : way,
  });
  // The network has one batch, which is evaluated for each piece.
  const batch = inPieces(new Array<void>(4).fill(undefined), { sizes: [1, 1, 1, 1] });
  const step = () => (way === 'in pieces' ? trainer.step(batch) : trainer.step());
  await step();
  const peak = await peakOf(step);
  const sizes = network.variables.map(({ size }) => size);
  const elements = sizes.reduce((a, b) => a + b);
  return {
    rows: averages + peak / (4 * elements),
    largest: Math.max(...sizes) / elements,
    async step() {
      const start = performance.now();
      await step();
      return performance.now() - start;
    },
    dispose() {
      trainer.dispose();
      optimizer.dispose();
      network.dispose();
    },
  };
}

/** The peak in MB of a step of a perceptron with two losses on this many examples, by the number of pieces. */
async function piecesTable(examples: number): Promise<string> {
  const layers = [0, 1, 2].map((seed) =>
    tf.variable(tf.randomNormal([512, 512], 0, 0.04, 'float32', seed + 1)),
  );
  const features = shared((x: tf.Tensor2D) =>
    layers.reduce((input, layer) => tf.relu(tf.matMul(input, layer as tf.Tensor2D)), x),
  );
  const objectives = [1, 2].map(
    (power): Objective<tf.Tensor2D> => ({
      name: `power ${power}`,
      priority: power,
      loss: (x) => tf.mean(tf.pow(features(x), power)),
    }),
  );
  const x = tf.randomNormal([examples, 512], 0, 1, 'float32', 9) as tf.Tensor2D;
  const optimizer = tf.train.sgd(2 ** -10);
  const trainer: Trainer<tf.Tensor2D> = createTrainer({
    objectives,
    combiner: upgrad(),
    optimizer,
    variables: layers,
  });
  const lines: string[][] = [];
  for (const count of [1, 2, 4, 8, 16]) {
    const pieces = tf.split(x, count) as tf.Tensor2D[];
    const step = () => trainer.step(count === 1 ? x : inPieces(pieces));
    await step();
    lines.push([count, (await peakOf(step)) / 1e6].map(digits));
    tf.dispose(pieces);
  }
  trainer.dispose();
  tf.dispose([x, ...layers]);
  optimizer.dispose();
  return table(['pieces', 'peak, MB'], lines);
}

/**
 * Runs both passes over two gradients and an average of this many parameters. Returns "fits", or the error
 * message.
 */
async function attempt(parameters: number): Promise<string> {
  const rows: tf.Tensor[][] = [];
  try {
    for (const value of [1, 2, 3]) rows.push([tf.fill([parameters], value)]);
    await innerProducts(rows);
    const results = combinations(rows, 2, () => [
      [1, 1, -1],
      [0.01, 0, 0.99],
    ]) as tf.Tensor[][];
    rows.splice(0, 2, ...results);
    return 'fits';
  } catch (error) {
    return (error as Error).message;
  } finally {
    tf.dispose(rows);
  }
}

tf.enableProdMode();
await startWasm();
const peakOf = countMemory();
console.log('## Memory\n');
// This comes first, while the memory is in one piece.
const attempts: string[] = [];
for (const millions of isShort ? [] : [300, 360]) {
  const size = `${millions} M parameters, ${digits((12e6 * millions) / 2 ** 30)} GiB`;
  attempts.push(`- ${size}: ${await attempt(millions * 1e6)}`);
}
const rows: string[][] = [];
const times: string[][] = [];
for (const gradients of [2, 4, 8]) {
  for (const averages of [0, gradients - 1]) {
    const all = {} as Record<Way, Measured>;
    for (const way of WAYS) all[way] = await measured({ gradients, averages }, way);
    // While the optimizer runs, there are the old averages and values, the new ones and the direction.
    const moving = 2 * averages + 2 + all.kept.largest;
    const allowed = 1.1 * Math.max(gradients + averages + 1, moving);
    for (const way of ['kept', 'half', 'in pieces'] as const) {
      if (!(all[way].rows <= allowed))
        throw new Error(
          `${way}: ${gradients} gradients and ${averages} averages took ${all[way].rows} rows.`,
        );
    }
    rows.push([
      String(gradients),
      String(averages),
      allowed.toFixed(1),
      ...WAYS.map((way) => all[way].rows.toFixed(2)),
    ]);
    const turns = await byTurns(isShort ? 1 : 15, {
      kept: all.kept.step,
      half: all.half.step,
      streamed: all.streamed.step,
    });
    times.push([
      String(gradients),
      String(averages),
      ...(['half', 'streamed'] as const).map((way) => `${digits(ratio(turns[way], turns.kept))} ×`),
    ]);
    for (const way of WAYS) all[way].dispose();
  }
}
console.log(
  'Peak of a step in the WebAssembly memory, in rows: as many bytes as all parameters take. Allowed are, and 10 % more: K + A + 1 rows for K gradients and A averages, or 2 A + 2 rows and one variable, which are there while the optimizer runs. ' +
    "With `gradients: 'half'`, gradients are in float16; with `gradients: 'streamed'`, one variable's gradients are there at a time. " +
    'A batch in pieces (four here) adds its gradients up.\n',
);
console.log(table(['gradients', 'averages', 'allowed', ...WAYS], rows));
console.log(
  '\nTime of a step, as a multiple of that with gradients that are kept. The batch is small, so that the gradients are most of the work:\n',
);
console.log(table(['gradients', 'averages', 'half', 'streamed'], times));
const examples = isShort ? 512 : 4096;
console.log(
  `\nA batch in pieces: three layers of width 512, ${examples} examples, two gradients of 3.1 MB. What is left is the memory of one piece, the gradients and the direction:\n`,
);
console.log(await piecesTable(examples));
console.log(
  '\nThe memory of the wasm backend ends at 4 GiB. Two gradients and an average, before anything else was in it:\n',
);
console.log(attempts.join('\n'));
