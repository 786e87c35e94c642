import { expect, test } from 'vitest';
import { mnist } from './mnist.ts';

test('MNIST is whole, in its known order', () => {
  const { train, test: tested } = mnist();
  expect([train.count, train.pixels, tested.count, tested.pixels]).toEqual([60_000, 784, 10_000, 784]);
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...tested.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  for (const { images, labels, count, pixels } of [train, tested]) {
    expect(images).toHaveLength(count * pixels);
    expect(new Set(labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  }
});

test('pixels have the mean and deviation that training takes off', () => {
  const { images } = mnist().train;
  let sum = 0;
  let squares = 0;
  for (const pixel of images) {
    sum += pixel / 255;
    squares += (pixel / 255) ** 2;
  }
  const mean = sum / images.length;
  expect(mean).toBeCloseTo(0.1307, 4);
  expect(Math.sqrt(squares / images.length - mean ** 2)).toBeCloseTo(0.3081, 4);
});

test('it is read once', () => {
  expect(mnist()).toBe(mnist());
});
