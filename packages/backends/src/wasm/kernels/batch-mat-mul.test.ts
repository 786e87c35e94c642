import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const matrices = fc.record({
  // A size of 1 makes the transposition free, a multiple of 64 uses the fast path, and 0 is an empty sum.
  sizes: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(0, 1, 2, 5, 33, 64, 128))),
  batch: fc.constantFrom<[number[], number[]][]>(
    [[], []],
    [[3], [3]],
    [[3], [1]],
    [[1], [2]],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 1],
      [1, 3],
    ],
    [[], [2]],
  ),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(),
});

test('products with any operand transposed, batched or broadcast', () =>
  forAll(matrices, async ({ sizes: [rows, inner, columns], batch, transposeA, transposeB, seed }) => {
    const [batchA, batchB] = batch;
    const a = floats([...batchA, ...(transposeA ? [inner!, rows!] : [rows!, inner!])], seed);
    const b = floats([...batchB, ...(transposeB ? [columns!, inner!] : [inner!, columns!])], seed + 1);
    const spread = (x: tf.Tensor, leading: number[]): tf.Tensor =>
      tf.broadcastTo(x, [
        ...tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB),
        ...x.shape.slice(leading.length),
      ]);
    await expectAgreement(
      (a, b) => {
        // The cpu backend is wrong if both are broadcast.
        const operands =
          tf.getBackend() === 'cpu' ? ([spread(a, batchA), spread(b, batchB)] as const) : ([a, b] as const);
        return tf.matMul(...operands, transposeA, transposeB);
      },
      [a, b],
    );
  }));

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('products larger than the blocks that are packed, transposed: %s %s', async (transposeA, transposeB) => {
  const [rows, inner, columns] = [130, 515, 523];
  const a = floats(transposeA ? [inner, rows] : [rows, inner], 1);
  const b = floats(transposeB ? [columns, inner] : [inner, columns], 2);
  await expectAgreement((a, b) => tf.matMul(a, b, transposeA, transposeB), [a, b], 1e-6);
});

test('NaN and infinities stay in their rows and columns', async () => {
  await startWasm();
  const a = tf.tensor2d([Number.NaN, 1, 1, 1, Number.POSITIVE_INFINITY, 1], [3, 2]);
  const product = tf.matMul(a, tf.tensor2d([1, 1, 0, 2], [2, 2]));
  expect([...product.dataSync()]).toEqual([NaN, NaN, 1, 3, Infinity, Infinity]);
});

test('sizes that do not match are refused as before', async () => {
  await startWasm();
  expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]), false, false)).toThrow('must match');
  expect(() => tf.matMul(tf.ones([2, 0]), tf.ones([2, 0]), false, false)).toThrow('must match');
});

test('whole numbers are multiplied as on the cpu backend', () =>
  expectAgreement(
    (a, b) => tf.matMul(a, b, true, false),
    [integers([5, 2], 1, 0, 9), integers([5, 3], 2, 0, 9)],
  ));

test('a product that fails leaves no transposed operand behind', async () => {
  await startWasm();
  const a = tf.ones([5, 3]);
  const b = tf.ones([4, 2]);
  const before = tf.backend().numDataIds();
  expect(() => tf.matMul(a, b, true, false)).toThrow('must match');
  expect(tf.backend().numDataIds()).toBe(before);
});
