import { relativeError } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { type DwaOptions, dwa } from './dwa.ts';
import { type LossStep, weightsOf } from './testing/weights.ts';

const epochs = [
  [
    [4, 1],
    [2, 3],
  ],
  [
    [1, 5],
    [2, 3],
    [3, 4],
  ],
  [
    [1, 8],
    [0.5, 2],
  ],
  [[0.1, 20]],
];

const steps: LossStep[] = epochs.flatMap((epoch, index) => epoch.map((losses) => ({ losses, epoch: index })));

/** K softmax(r / T) for the last step of epoch `t`, by the definition. */
function expected(t: number, temperature: number): number[] {
  const mean = (epoch: number, i: number) =>
    epochs[epoch]!.reduce((sum, losses) => sum + losses[i]!, 0) / epochs[epoch]!.length;
  const parts = [0, 1].map((i) => Math.exp(mean(t - 1, i) / mean(t - 2, i) / temperature));
  return parts.map((part) => (2 * part) / (parts[0]! + parts[1]!));
}

test('weights are K softmax of the ratios of the mean losses of the last two epochs, 1 in the first two', () => {
  for (const options of [{}, { temperature: 0.3 }] as DwaOptions[]) {
    const weights = weightsOf(dwa(options), steps);
    for (const [index, { epoch }] of steps.entries()) {
      if (epoch! < 2) expect(weights[index]).toEqual([1, 1]);
      else {
        const wanted = expected(epoch!, options.temperature ?? 2);
        expect(relativeError(weights[index]!, wanted)).toBeLessThan(1e-14);
      }
    }
  }
});

test('golden values: mean losses 3, 2 and 2, 4, temperature 2', () => {
  const weights = weightsOf(dwa(), steps)[5]!;
  expect(weights[0]).toBeCloseTo(2 / (1 + Math.exp(2 / 3)), 12);
  expect(weights[1]).toBeCloseTo(2 / (1 + Math.exp(-2 / 3)), 12);
});

test('an objective counts the epochs in which it was there', () => {
  const without = steps.map((step) => (step.epoch === 2 ? { ...step, losses: [1, null] } : step));
  const weights = weightsOf(dwa(), without);
  expect(weights[5]).toEqual([1, 0]);
  // In epoch 3: (0.75 → from epochs 1 and 2) and (4 / 2 → from epochs 0 and 1).
  const parts = [1 / 2, 4 / 2].map((ratio) => Math.exp(ratio / 2));
  const wanted = parts.map((part) => (2 * part) / (parts[0]! + parts[1]!));
  expect(relativeError(weights.at(-1)!, wanted)).toBeLessThan(1e-14);
});

test('ratios of any size leave the weights finite', () => {
  const far = [1e-10, 1e10, 1].map((loss, epoch) => ({ losses: [loss, 1], epoch }));
  expect(weightsOf(dwa(), far).at(-1)).toEqual([2, 0]);
});

test('losses of either sign: 2 softmax(r / T) with r from the means, whatever their signs', () => {
  const signed = [
    [-4, 2],
    [2, -1],
    [1, 1],
  ].map((losses, epoch) => ({ losses, epoch }));
  const parts = [2 / -4, -1 / 2].map((ratio) => Math.exp(ratio / 0.5));
  const wanted = parts.map((part) => (2 * part) / (parts[0]! + parts[1]!));
  expect(relativeError(weightsOf(dwa({ temperature: 0.5 }), signed).at(-1)!, wanted)).toBeLessThan(1e-14);
  const mixed = [
    [-4, 2],
    [-2, -6],
    [1, 1],
  ].map((losses, epoch) => ({ losses, epoch }));
  const [first, second] = weightsOf(dwa({ temperature: 1 }), mixed).at(-1)!;
  expect(first! / second!).toBeCloseTo(Math.exp(0.5 + 3), 10);
});

test('a mean loss of zero is refused at the end of its epoch', () => {
  const zero = [
    { losses: [1, 0], epoch: 0 },
    { losses: [1, 1], epoch: 1 },
  ];
  expect(() => weightsOf(dwa(), zero)).toThrow(
    'dwa: the mean loss of "objective 1" over epoch 0 is 0, but must be positive or negative',
  );
});
