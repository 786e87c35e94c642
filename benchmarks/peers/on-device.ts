/**
 * Milliseconds of training steps of the networks in the suite gpu, on a device here and in PyTorch and
 * TorchJD on the same device.
 *
 *     node benchmarks/peers/on-device.ts [--backend webgpu] [--short]
 *
 * PyTorch uses CUDA. Without CUDA it is skipped, unless SCALPEL_PEER_DEVICE names another of its devices,
 * such as cpu.
 */
import { parseArgs } from 'node:util';
import { chooseBackend } from '@scalpel/backends/choose';
import { mixed, upgrad } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { checkOptions, createTrainer, type GradientCombiner, type Task } from '@scalpel/core';
import { plugin } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { byTurns, type Contestant, digits, isShort, median, ratio, table } from '../measure.ts';
import suite from '../suites/gpu.ts';
import { startPeer } from './python.ts';

const { values } = parseArgs({
  options: { backend: { type: 'string', default: 'auto' }, short: { type: 'boolean' } },
});
const ROUNDS = isShort ? 1 : 10;
/** The number of steps that are timed together. */
const STEPS = isShort ? 1 : 5;
/** Sizes that a processor can compute. */
const SMALL: Readonly<Record<string, object>> = {
  'fashion-and-digits': { images: 4, batch: 2, epochs: 1 },
  'language-model': { layers: 1, context: 16, batch: 2, steps: 2 },
};

const methods: Readonly<Record<string, () => GradientCombiner>> = {
  mixed: () => mixed({ lambda: 1 }),
  bloop: () => bloop({ lambda: 1 }),
  upgrad: () => upgrad(),
};

interface Answer {
  readonly parameters: number;
}

tf.enableProdMode();
const { reason } = await chooseBackend(values.backend);
console.log('## Training steps on a device\n');
console.log(`Backend ${reason}\n`);
const peer = await startPeer('on_device.py');
if (peer) console.log(`PyTorch ${peer.versions.torch} on ${peer.versions.device}\n`);

const cells: string[][] = [];
for (const { task: id, title = id, options: given } of suite.entries) {
  const options = { ...given, ...(isShort && SMALL[id]) };
  const definition = plugin.tasks!.find((task) => task.id === id)!;
  const task = await definition.create(checkOptions(id, definition.options, options) as never, 0);
  const batch = task.batch(0);
  const sides = Object.entries(methods).map(([name, create]) => [name, ours(task, batch, create())] as const);
  const contestants: Record<string, Contestant> = Object.fromEntries(
    sides.map(([name, { run }]) => [`ours ${name}`, run]),
  );
  if (peer) {
    const { parameters } = await peer.ask<Answer>({ model: id, options });
    const own = task.variables.reduce((sum, variable) => sum + variable.size, 0);
    if (parameters !== own)
      throw new Error(
        `${title} has ${own} parameters here and ${parameters} in PyTorch: on_device.py must be changed with the task.`,
      );
    for (const name of Object.keys(methods)) {
      if (name === 'upgrad' && peer.versions.torchjd === 'missing') continue;
      contestants[`theirs ${name}`] = async () =>
        (await peer.ask<{ readonly milliseconds: number }>({ method: name, steps: STEPS })).milliseconds /
        STEPS;
    }
  }
  const times = await byTurns(ROUNDS, contestants);
  for (const name of Object.keys(methods)) {
    const [own, other] = [times[`ours ${name}`]!, times[`theirs ${name}`]];
    cells.push([
      title,
      name,
      digits(median(own)),
      other ? digits(median(other)) : '',
      other ? `${digits(ratio(other, own))} ×` : '',
    ]);
  }
  for (const [, side] of sides) side.end();
  tf.dispose(batch);
  task.dispose();
}
peer?.end();
console.log(table(['network', 'method', 'ours, ms a step', 'PyTorch, ms a step', 'ratio'], cells));

/**
 * All sides train the same variables, one after another. The time of a step does not depend on their values.
 */
function ours(task: Task, batch: ReturnType<Task['batch']>, combiner: GradientCombiner) {
  const optimizer = task.optimizer();
  const { objectives, variables } = task;
  const trainer = createTrainer({ objectives, combiner, optimizer, variables, seed: 0 });
  return {
    async run() {
      const start = performance.now();
      for (let step = 0; step < STEPS; step++) await trainer.step(batch);
      // The device has finished when the result of the last step can be read.
      const last = tf.tidy(() => tf.slice(tf.reshape(variables.at(-1)!, [-1]), 0, 1));
      await last.data();
      last.dispose();
      return (performance.now() - start) / STEPS;
    },
    end() {
      trainer.dispose();
      optimizer.dispose();
    },
  };
}
