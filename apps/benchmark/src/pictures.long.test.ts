import { plugin as backends } from '@scalpel/backends/choose';
import { plugin as baselines } from '@scalpel/baselines';
import { defineSuite, planSuite } from '@scalpel/bench';
import { createToolkit, executeRun } from '@scalpel/bench/sweep';
import { plugin as bloop } from '@scalpel/bloop';
import { plugin as tasks } from '@scalpel/tasks';
import { beforeAll, expect, test } from 'vitest';

// Convolutions need a backend that is fast enough to train.
const toolkit = createToolkit(baselines, bloop, tasks, backends);
beforeAll(() => toolkit.backend('wasm').start());

/** The training losses of each method, main loss first, after 96 steps of 32 pictures. */
async function lossesOf(task: string, main: string, auxiliary: string, strong: number) {
  const suite = defineSuite({
    id: 'pictures',
    title: 'Pictures',
    summary: 'Whether training makes sense.',
    entries: [
      {
        task,
        options: { epochs: 8, batch: 32, images: 384, rate: 0.1 },
        seeds: [0],
        rate: '1 / (1 + lambda)',
        axes: [
          { objective: main, reference: 10 },
          { objective: auxiliary, reference: 1000 },
        ],
        methods: [
          { label: 'Main alone', combiner: 'mixed', options: { lambda: 0 } },
          { label: 'Mixed', combiner: 'mixed', options: { lambda: strong } },
          { label: 'Bloop', combiner: 'bloop', options: { lambda: strong, rho: 0.3 } },
        ],
      },
    ],
  });
  const found: (readonly [number, number])[] = [];
  for (const { spec } of planSuite(suite, toolkit, { backend: 'wasm' }).runs) {
    const { outcome } = await executeRun(spec, toolkit);
    if (outcome.state !== 'finished') throw new Error(outcome.reason);
    found.push([outcome.metrics[`train/${main}`]!, outcome.metrics[`train/${auxiliary}`]!]);
  }
  return found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]];
}

test.each([
  ['weight-decay', 'cross-entropy', 'squared-norm', 0.03],
  ['fashion-and-digits', 'clothing', 'digit', 1],
  ['little-conflict', 'clothing', 'digit', 1],
])(
  '%s: the main loss falls, and a strong lambda lowers the other one',
  async (task, main, auxiliary, strong) => {
    const [alone, mixed, bloop] = await lossesOf(task, main, auxiliary, strong);
    // Guessing among ten classes has the loss 2.3.
    for (const [loss] of [alone, mixed, bloop]) expect(loss).toBeLessThan(2.2);
    expect(alone[0]).toBeLessThan(1.6);
    for (const [, other] of [mixed, bloop]) expect(other).toBeLessThan(0.97 * alone[1]);
  },
);
