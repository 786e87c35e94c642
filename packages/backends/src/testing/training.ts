import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { startCpu } from '../cpu.ts';
import { type Difference, differenceText, held } from './agreement.ts';
import { inFloat64 } from './float64.ts';
import { drawNetwork, type Network, trainNetwork } from './networks.ts';

export const STEPS = 4;

/** The tolerance, in units of the largest number in a tensor, or of 1 if that is larger. */
const TOLERANCE = 1e-4;

/**
 * The random networks that train differently on the backend that `start` starts and on the cpu backend in
 * float64: losses, weights, and tensors left behind.
 */
export async function trainingProblems(
  start: () => Promise<void>,
  networks: number,
  seed: number,
): Promise<string[]> {
  const problems: string[] = [];
  for (let i = 0; i < networks; i++) {
    const network = drawNetwork(seed + i);
    const verdict = await compareTraining(network, start);
    if (verdict !== 'right')
      problems.push(`network ${seed + i}, ${network.title}: ${differenceText(verdict)}`);
  }
  return problems;
}

/** Trains one network on the backend that `start` starts, and on the cpu backend in float64. */
export async function compareTraining(
  network: Network,
  start: () => Promise<void>,
): Promise<Difference | 'right'> {
  await startCpu();
  const expected = inFloat64(() => {
    const training = trainNetwork(network, STEPS);
    const values = training.map((tensor) => [...tensor.dataSync()]);
    dispose(training);
    return values;
  });
  await start();
  try {
    const before = held();
    const training = trainNetwork(network, STEPS);
    const actual = await valuesOf(training);
    dispose(training);
    const after = held();
    if (after !== before) return { actual: `${after} after it`, expected: `${before}, as before it` };
    // A weight without effect may take any value, such as a scale before another normalization.
    const compared = network.isScaled ? actual.slice(0, 1) : actual;
    const at = compared.findIndex((values, i) => !areClose(values, expected[i]!));
    if (at < 0) return 'right';
    const what = at === 0 ? 'the losses are' : `weight ${at - 1} is`;
    return { actual: `${what} ${firstFew(actual[at]!)}`, expected: firstFew(expected[at]!) };
  } catch (error) {
    return { actual: (error as Error).message, expected: `the losses ${firstFew(expected[0]!)}` };
  }
}

function firstFew(values: readonly number[]): string {
  return values.slice(0, 6).join(', ');
}

function valuesOf(tensors: readonly Tensor[]): Promise<number[][]> {
  return Promise.all(tensors.map(async (tensor) => [...(await tensor.data())]));
}

function areClose(actual: readonly number[], expected: readonly number[]): boolean {
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  return actual.every((x, i) => Math.abs(x - expected[i]!) <= TOLERANCE * scale);
}
