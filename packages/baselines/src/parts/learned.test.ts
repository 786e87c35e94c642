import { expect, test } from 'vitest';
import { setupRows } from '../testing/setup-rows.ts';
import { bounded, learn, unlearned } from './learned.ts';

const rows = setupRows('a', 'b');

test('the published recurrence of Adam, with its bias corrections', () => {
  const gradients = [0.3, -0.01, 2, 0, 1e-9];
  let learned = unlearned({ rows, levels: 1 });
  let [value, mean, square] = [0, 0, 0];
  for (const [index, gradient] of gradients.entries()) {
    learned = learn(learned, rows, [gradient, -gradient], 0.1);
    const t = index + 1;
    mean = 0.9 * mean + 0.1 * gradient;
    square = 0.999 * square + 0.001 * gradient * gradient;
    value -= (0.1 * (mean / (1 - 0.9 ** t))) / (Math.sqrt(square / (1 - 0.999 ** t)) + 1e-8);
    expect(learned.a!.value).toBeCloseTo(value, 14);
    expect(learned.b!.value).toBeCloseTo(-value, 14);
  }
});

test('a first step has the length of the rate, whatever the gradient', () => {
  for (const gradient of [1e-3, 1, 1e10]) {
    const { value } = learn(unlearned({ rows, levels: 1 }), rows, [gradient, 0], 0.1).a!;
    expect(Math.abs(value + 0.1)).toBeLessThan(1e-5);
  }
});

test('an absent objective keeps what it has learned, the number of its steps too', () => {
  const before = learn(unlearned({ rows, levels: 1 }), rows, [1, 2], 0.1);
  const after = learn(before, rows.slice(1), [3], 0.1);
  expect(after.a).toEqual(before.a);
  expect(after.b!.steps).toBe(2);
});

test('bounded where no float32 loss would take it', () => {
  const far = learn(unlearned({ rows, levels: 1 }), rows, [1, -1], 1000);
  expect(bounded(far).a!.value).toBe(-104);
  expect(bounded(far).b!.value).toBe(104);
  const near = learn(unlearned({ rows, levels: 1 }), rows, [1, -1], 100);
  expect(bounded(near)).toEqual(near);
});
