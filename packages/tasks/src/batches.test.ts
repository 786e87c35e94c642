import { expect, test } from 'vitest';
import { shuffledBatches } from './batches.ts';

const epochOf = ({ stepsPerEpoch, at }: ReturnType<typeof shuffledBatches>, epoch: number) =>
  Array.from({ length: stepsPerEpoch }, (_, step) => [...at(epoch * stepsPerEpoch + step)]);

test('an epoch sees every example once, and the next one in another order', () => {
  const batches = shuffledBatches({ examples: 60, batch: 12, seed: 3 });
  expect(batches.stepsPerEpoch).toBe(5);
  const everything = Array.from({ length: 60 }, (_, index) => index);
  for (const epoch of [0, 1, 7]) {
    expect(
      epochOf(batches, epoch)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(everything);
  }
  expect(epochOf(batches, 1)).not.toEqual(epochOf(batches, 0));
});

test('what does not fill a batch is left out', () => {
  const batches = shuffledBatches({ examples: 10, batch: 4, seed: 0 });
  expect(batches.stepsPerEpoch).toBe(2);
  expect(new Set(epochOf(batches, 0).flat()).size).toBe(8);
  expect(batches.at(2)).toHaveLength(4);
});

test('a batch depends on seed and step alone', () => {
  const options = { examples: 50, batch: 5, seed: 1 };
  const forwards = shuffledBatches(options);
  const backwards = shuffledBatches(options);
  const steps = [0, 9, 10, 25, 31];
  const expected = steps.map((step) => [...forwards.at(step)]);
  expect(
    [...steps]
      .reverse()
      .map((step) => [...backwards.at(step)])
      .reverse(),
  ).toEqual(expected);
  expect([...shuffledBatches({ ...options, seed: 2 }).at(0)]).not.toEqual(expected[0]);
});

test('every example is as likely to come first', () => {
  const { at } = shuffledBatches({ examples: 4, batch: 1, seed: 5 });
  const counts = [0, 0, 0, 0];
  for (let epoch = 0; epoch < 4000; epoch++) counts[at(4 * epoch)[0]!]!++;
  // Four standard deviations of a count of mean 1000.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(750));
});

test('a batch larger than the data is refused', () => {
  expect(() => shuffledBatches({ examples: 3, batch: 4, seed: 0 })).toThrow(
    'A batch of 4 cannot be drawn from 3 examples. Take a smaller batch.',
  );
});
