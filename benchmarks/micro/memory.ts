/**
 * The peak memory of a step on the wasm backend, and the number of parameters that fit into its memory.
 *
 *     node benchmarks/micro/memory.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import { combinations, innerProducts } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import { digits, isShort, table } from '../measure.ts';
import { createNetwork, objectivesOf } from '../networks.ts';

/** The allocator from which the backend gets the memory of every tensor. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * Counts the bytes in use from now on. The returned function runs some work and gives its peak, beyond the
 * bytes before it.
 */
function countMemory(): (work: () => Promise<unknown>) => Promise<number> {
  const { wasm } = tf.backend() as unknown as { readonly wasm: Allocator };
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [now, most] = [0, 0];
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    sizes.set(address, bytes);
    now += bytes;
    most = Math.max(most, now);
    return address;
  };
  wasm._free = (address) => {
    now -= sizes.get(address) ?? 0;
    sizes.delete(address);
    _free(address);
  };
  return async (work) => {
    const before = now;
    most = now;
    await work();
    return most - before;
  };
}

interface Case {
  readonly gradients: number;
  /**
   * The number of averages. Bloop, with each objective on a level of its own, has one for each level but the
   * last.
   */
  readonly averages: number;
}

/**
 * The peak memory of a step, in rows. One row is as large as all parameters. The averages exist before the
 * step and are counted.
 */
async function rowsOf({ gradients, averages }: Case, held: 'kept' | 'streamed'): Promise<number> {
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
    gradients: held,
  });
  await trainer.step();
  const peak = await peakOf(() => trainer.step());
  const row = 4 * network.variables.reduce((sum, { size }) => sum + size, 0);
  trainer.dispose();
  optimizer.dispose();
  network.dispose();
  return averages + peak / row;
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
for (const gradients of [2, 4, 8]) {
  for (const averages of [0, gradients - 1]) {
    const kept = await rowsOf({ gradients, averages }, 'kept');
    const streamed = await rowsOf({ gradients, averages }, 'streamed');
    const allowed = 1.1 * (gradients + averages + 1);
    if (!(kept <= allowed))
      throw new Error(`${gradients} gradients and ${averages} averages took ${kept} rows.`);
    rows.push([gradients, averages, kept.toFixed(2), allowed.toFixed(1), streamed.toFixed(2)].map(String));
  }
}
console.log(
  'Peak of a step in the WebAssembly memory, in rows: as many bytes as all parameters take. At most K + A + 1 rows and 10 % are allowed with K gradients and A averages; ' +
    "with `gradients: 'streamed'` one variable's gradients are there at a time.\n",
);
console.log(table(['gradients', 'averages', 'peak', 'allowed', 'streamed'], rows));
console.log(
  '\nThe memory of the wasm backend ends at 4 GiB. Two gradients and an average, before anything else was in it:\n',
);
console.log(attempts.join('\n'));
