/**
 * Milliseconds of *gram* and *map* for Bloop's rows (K gradients and their average) on a GPU. They are
 * compared with the time to copy the bytes that must move: *gram* and *map* read every row once, and *map*
 * writes the direction and the average.
 *
 *     node benchmarks/micro/rows-on-device.ts [--backend webgpu] [--short]
 */
import { parseArgs } from 'node:util';
import { chooseBackend } from '@scalpel/backends/choose';
import { combinations, innerProducts, type Row } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import { byTurns, digits, isShort, median, table } from '../measure.ts';

const { values } = parseArgs({
  options: { backend: { type: 'string', default: 'auto' }, short: { type: 'boolean' } },
});
tf.enableProdMode();
const { reason } = await chooseBackend(values.backend);
console.log(`Backend ${reason}\n`);

const sizes = isShort ? [1e5] : [1e6, 1e7, 1e8];
const counts = isShort ? [2] : [2, 4, 8];
/** A model has many variables. Of these, all but the last have the same size. */
const VARIABLES = 20;
const ROUNDS = isShort ? 1 : 9;

const cells: string[][] = [];
for (const size of sizes) {
  for (const count of counts) {
    const part = Math.floor(size / VARIABLES);
    const rows: Row[] = Array.from({ length: count + 1 }, (_, row) =>
      Array.from({ length: VARIABLES }, () => tf.fill([part], 1 + row / 8)),
    );
    const lists = () => [rows.map((_, row) => 0.5 + row), rows.map((_, row) => (row < count ? 0 : 0.9))];
    const flat = tf.fill([size], 1);
    const times = await byTurns(ROUNDS, {
      copy: () => timed(() => [tf.neg(flat)]),
      gram: async () => {
        const start = performance.now();
        await innerProducts(rows);
        return performance.now() - start;
      },
      map: () => timed(() => combinations(rows, 0, lists).flat() as tf.Tensor[]),
    });
    tf.dispose([rows as tf.Tensor[][], flat]);
    const bandwidth = (8 * size) / median(times.copy);
    const share = (bytes: number, milliseconds: number) =>
      `${digits((100 * bytes) / milliseconds / bandwidth)} %`;
    cells.push([
      size.toExponential(0),
      String(count),
      digits(bandwidth / 1e6),
      digits(median(times.gram)),
      share(4 * size * (count + 1), median(times.gram)),
      digits(median(times.map)),
      share(4 * size * (count + 3), median(times.map)),
    ]);
  }
}
console.log(
  table(['parameters', 'K', 'copy, GB/s', 'gram, ms', 'of the copy', 'map, ms', 'of the copy'], cells),
);

/** Milliseconds until the device has finished. */
async function timed(compute: () => tf.Tensor[]): Promise<number> {
  const start = performance.now();
  const results = compute();
  const last = results.at(-1)!;
  const probe = tf.tidy(() => tf.slice(tf.reshape(last, [last.size]), 0, 1));
  await probe.data();
  const milliseconds = performance.now() - start;
  tf.dispose([...results, probe]);
  return milliseconds;
}
