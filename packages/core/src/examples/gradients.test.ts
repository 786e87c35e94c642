import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { asRows, combined, type ExampleGradients, inCheaperForm, sum, transposed } from './gradients.ts';
import { innerProducts } from './products.ts';

// The two forms of the gradients of examples agree: products against rows that are formed in float64.

type Product = Exclude<ExampleGradients, { rows: tf.Tensor2D }>;

const made: tf.Tensor[] = [];
afterEach(() => tf.dispose(made.splice(0)));

function product(examples: number, positions: number, width: number, columns: number, seed: number): Product {
  const random = randomFrom(seed);
  const tensor = (shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    const own = tf.tensor(
      Float32Array.from({ length: size }, () => random() - 0.5),
      shape,
    );
    made.push(own);
    return own;
  };
  return {
    a: tensor([examples, positions, width]),
    width,
    b: tensor([examples, positions, columns]) as tf.Tensor3D,
  };
}

/** The same with unit vectors. */
function numbered(
  examples: number,
  positions: number,
  width: number,
  columns: number,
  seed: number,
): Product {
  const given = product(examples, positions, 1, columns, seed);
  const random = randomFrom(seed + 1);
  const numbers = Int32Array.from({ length: examples * positions }, () => Math.floor(random() * width));
  const a = tf.tensor(numbers, [examples, positions], 'int32');
  made.push(a);
  return { ...given, a, width };
}

function exactRows({ a, width, b }: Product): number[][] {
  const [examples, positions, columns] = b.shape;
  const [x, y] = [a.dataSync(), b.dataSync()];
  return Array.from({ length: examples }, (_, i) => {
    const row = new Array<number>(width * columns).fill(0);
    for (let t = 0; t < positions; t++) {
      for (let m = 0; m < width; m++) {
        const at = i * positions + t;
        const left = a.dtype === 'int32' ? Number(x[at] === m) : x[at * width + m]!;
        for (let n = 0; n < columns; n++) row[m * columns + n]! += left * y[at * columns + n]!;
      }
    }
    return row;
  });
}

const inner = (p: readonly number[], q: readonly number[]) =>
  p.reduce((total, value, e) => total + value * q[e]!, 0);

function expectClose(actual: tf.Tensor, expected: readonly (readonly number[])[]): void {
  const flat = expected.flat();
  const scale = Math.max(...flat.map(Math.abs));
  expect(actual.size).toBe(flat.length);
  for (const [e, value] of actual.dataSync().entries())
    expect(Math.abs(value - flat[e]!)).toBeLessThan(3e-6 * scale);
}

const kinds = { vectors: product, 'unit vectors': numbered };

describe.each(Object.entries(kinds))('products of %s', (_, create) => {
  test.each([
    [4, 1, 3, 2],
    [3, 5, 4, 2],
    [1, 2, 2, 3],
    // More pairs of positions than are in memory at once.
    [70, 40, 2, 3],
    // More elements than are summed up at once.
    [3, 2, 64, 40],
  ])('%i examples of %i positions, %i × %i', (examples, positions, width, columns) => {
    tf.tidy(() => {
      const one = create(examples, positions, width, columns, 1);
      const rows = exactRows(one);
      expectClose(asRows(one).rows, rows);
      const table = rows.map((row) => rows.map((other) => inner(row, other)));
      expectClose(innerProducts(one, one), table);
      expectClose(innerProducts(asRows(one), one), table);
      const weights = rows.map((_, i) => Math.cos(i));
      const total = rows[0]!.map((_, e) => rows.reduce((all, row, i) => all + weights[i]! * row[e]!, 0));
      expectClose(combined(one, weights), [total]);
      expectClose(combined(asRows(one), weights), [total]);
      expectClose(asRows(inCheaperForm(one)).rows, rows);
    });
  });

  test.each(Object.entries(kinds))('with products of %s', (_, createOther) => {
    tf.tidy(() => {
      const [one, other] = [create(3, 2, 5, 2, 1), createOther(4, 3, 5, 2, 7)];
      const [rows, others] = [exactRows(one), exactRows(other)];
      expectClose(
        innerProducts(one, other),
        rows.map((row) => others.map((its) => inner(row, its))),
      );
      expectClose(
        innerProducts(other, one),
        others.map((row) => rows.map((its) => inner(row, its))),
      );
      const same = createOther(3, 4, 5, 2, 9);
      const both = exactRows(same).map((row, i) => row.map((value, e) => value + rows[i]![e]!));
      expectClose(asRows(sum(one, same)).rows, both);
      expectClose(asRows(sum(asRows(one), same)).rows, both);
    });
  });

  test('with one whole gradient', () => {
    tf.tidy(() => {
      const one = create(3, 2, 5, 2, 1);
      const whole = tf.linspace(-1, 1, 10);
      const single = { rows: tf.reshape(whole, [1, 10]) as tf.Tensor2D };
      const expected = exactRows(one).map((row) => inner(row, [...whole.dataSync()]));
      expectClose(innerProducts(one, single), [expected]);
      expectClose(innerProducts(single, one), [expected]);
    });
  });

  test('transposed', () => {
    tf.tidy(() => {
      const one = create(3, 2, 5, 2, 1);
      const expected = exactRows(one).map((row) =>
        [0, 1].flatMap((n) => [0, 1, 2, 3, 4].map((m) => row[2 * m + n]!)),
      );
      expectClose(asRows(transposed(one, [5, 2], [1, 0])).rows, expected);
      expectClose(asRows(transposed(asRows(one), [5, 2], [1, 0])).rows, expected);
    });
  });
});

test('the cheaper form has the fewer elements to multiply', () => {
  const isFormed = (one: ExampleGradients) => 'rows' in one;
  tf.tidy(() => {
    expect(isFormed(inCheaperForm(product(2, 1, 20, 30, 1)))).toBe(false);
    expect(isFormed(inCheaperForm(product(2, 20, 3, 4, 1)))).toBe(true);
    expect(isFormed(inCheaperForm(numbered(2, 4, 50, 8, 1)))).toBe(false);
  });
});
