import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { expectClose, floats, results, type Values } from '../../testing.ts';
import { startWasm } from '../start.ts';

test.each([
  ['ij,jk->ik', [3, 4], [4, 5]],
  ['ij,kj->ki', [3, 4], [5, 4]],
  ['bij,bkj->bik', [2, 3, 4], [2, 5, 4]],
  ['bqhd,bkhd->bhqk', [2, 3, 2, 4], [2, 5, 2, 4]],
  ['bhqk,bkhd->bqhd', [2, 2, 3, 5], [2, 5, 2, 4]],
  ['abc,cde->abde', [2, 3, 4], [4, 5, 2]],
  ['ij,ij->ij', [3, 4], [3, 4]],
  ['ij,ij->', [3, 4], [3, 4]],
  ['i,j->ij', [3], [4]],
  ['i,j->ji', [3], [4]],
  ['ij,k->k', [3, 4], [5]],
  ['ijk,k->j', [2, 3, 4], [4]],
  ['ij->ji', [3, 4]],
  ['ij->ij', [3, 4]],
  ['ijk->j', [2, 3, 4]],
  ['ij->', [3, 4]],
])('%s', async (equation, ...shapes) => {
  await startWasm();
  const inputs = (shapes as number[][]).map((shape, i) => floats(shape, i));
  const before = tf.backend().numDataIds();
  const [actual] = await results((...tensors) => tf.einsum(equation, ...tensors), inputs);
  expect(tf.backend().numDataIds()).toBe(before);
  const expected = byDefinition(equation, inputs);
  expect(actual!.shape).toEqual(expected.shape);
  expectClose(actual!.values, expected.values, 1e-6);
});

/** One loop over all letters at once. (The cpu backend's kernel gives some of these another shape.) */
function byDefinition(equation: string, inputs: readonly Values[]): Pick<Values, 'shape' | 'values'> {
  const [left, output] = equation.split('->') as [string, string];
  const operands = left.split(',');
  const letters = [...new Set([...output, ...left.replace(',', '')])];
  const sizeOf = (letter: string): number => {
    const operand = operands.findIndex((names) => names.includes(letter));
    return inputs[operand]!.shape[operands[operand]!.indexOf(letter)]!;
  };
  const sizes = letters.map(sizeOf);
  const shape = [...output].map(sizeOf);
  const at = (names: string, place: readonly number[]): number =>
    [...names].reduce((offset, letter) => offset * sizeOf(letter) + place[letters.indexOf(letter)]!, 0);
  const values = Array<number>(shape.reduce((product, size) => product * size, 1)).fill(0);
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let index = 0; index < total; index++) {
    let rest = index;
    const place = sizes.map((size) => {
      const digit = rest % size;
      rest = (rest - digit) / size;
      return digit;
    });
    values[at(output, place)]! += operands.reduce(
      (product, names, i) => product * inputs[i]!.values[at(names, place)]!,
      1,
    );
  }
  return { shape, values };
}

test('sizes that do not match are refused', async () => {
  await startWasm();
  expect(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([2, 3]))).toThrow('Expected dimension');
});
