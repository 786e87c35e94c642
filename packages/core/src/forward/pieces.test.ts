import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { inPieces, piecesOf } from './pieces.ts';

const rows = (length: number, ...rest: number[]) => tf.zeros([length, ...rest]);

test('the size of a piece is the length of the first axis of its tensors, or what is given', () => {
  expect(inPieces([rows(3, 2), rows(1, 2)]).sizes).toEqual([3, 1]);
  const nested = { x: [rows(2), { deep: rows(2, 7) }], rate: tf.scalar(1), label: 'a', none: null };
  expect(inPieces([nested]).sizes).toEqual([2]);
  expect(inPieces([{ x: rows(3), y: rows(1) }, 'b'], { sizes: [0.5, 1e6] }).sizes).toEqual([0.5, 1e6]);
});

test('pieces of all batches, one after the other', () => {
  const [a, b, c] = [rows(3), rows(1), rows(9)];
  expect(piecesOf([inPieces([a, b]), c])).toEqual([
    { value: a, batch: 0, size: 3, total: 4 },
    { value: b, batch: 0, size: 1, total: 4 },
    { value: c, batch: 1, size: 1, total: 1 },
  ]);
});

test.each<[() => unknown, string]>([
  [() => inPieces([]), 'inPieces: it was given an empty list, but takes a list of batches'],
  [() => inPieces(rows(3) as never), 'but takes a list of batches, as in inPieces([a, b])'],
  [() => inPieces([inPieces([rows(1)])]), 'piece 0 is itself in pieces. Give all of them in one list.'],
  [
    () => inPieces([rows(2), { name: 'a' }]),
    'piece 1 holds no tensor that would tell its size. Say how large',
  ],
  [() => inPieces([tf.scalar(1)]), 'piece 0 holds no tensor that would tell its size'],
  [
    () => inPieces([{ x: rows(2, 3), weights: rows(3) }]),
    'piece 0 holds tensors of shapes [2,3] and [3], whose first axes do not agree on its size. Say how large each piece is',
  ],
  [
    () => inPieces([rows(2), rows(0)]),
    'the size of piece 1 is 0, but must be a finite number above 0. Leave empty',
  ],
  [
    () => inPieces([rows(2), rows(2)], { sizes: [1] }),
    'there are 1 sizes for 2 pieces. Give a list with one',
  ],
  [() => inPieces([rows(2)], { sizes: 2 as never }), 'there are 2 as sizes for 1 pieces'],
  [() => inPieces([rows(2)], { sizes: [Number.NaN] }), 'the size of piece 0 is NaN'],
  [() => inPieces([rows(2)], { sizes: ['2' as never] }), 'the size of piece 0 is "2"'],
])('%s', (call, message) => {
  expect(call).toThrow(message);
});
