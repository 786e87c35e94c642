import * as tf from '@tensorflow/tfjs';
import { expect, test, vi } from 'vitest';
import type { Objective } from '../objective.ts';
import { evaluations, looking, memory, moving, movingTrainer, running } from '../testing/moving-state.ts';
import { three, trainer, values, variables } from '../testing/three-objectives.ts';

declare const console: { warn(message: string): void };

test('the second look of a method moves nothing', async () => {
  const trainer = movingTrainer({ combiner: looking });
  await trainer.step(1);
  expect(evaluations).toBe(2);
  // Once: 1 · 0.5 + 1.
  expect(running.dataSync()).toEqual(new Float32Array([1.5]));
  const before = memory();
  await trainer.step(1);
  expect(running.dataSync()).toEqual(new Float32Array([1.75]));
  expect(memory()).toEqual(before);
});

test('the moving averages of batch normalisation go back with a step that is left out', async () => {
  const layer = tf.layers.batchNormalization({ inputShape: [2] });
  const model = tf.sequential({ layers: [layer] });
  const read = (weights: typeof model.weights) => weights.map((weight) => weight.read() as tf.Variable);
  const state = read(layer.nonTrainableWeights);
  const inputs = tf.tensor2d([1, 2, 3, 5, 8, 13], [3, 2]);
  const objective: Objective<number> = {
    name: 'fit',
    priority: 0,
    loss: (batch) => tf.mul(tf.mean(tf.square(model.apply(inputs, { training: true }) as tf.Tensor)), batch),
  };
  const subject = trainer({
    objectives: [objective],
    variables: read(model.trainableWeights),
    state,
    onNonFinite: 'skip',
  });
  await subject.step(1);
  const before = state.map((variable) => [...variable.dataSync()]);
  expect(before[0]).not.toEqual([0, 0]);
  expect((await subject.step(Number.NaN)).skipped).not.toBeNull();
  expect(state.map((variable) => [...variable.dataSync()])).toEqual(before);
  await subject.step(1);
  expect(state.map((variable) => [...variable.dataSync()])).not.toEqual(before);
});

test('a variable that losses change and nobody puts back is said once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const told = movingTrainer();
  await told.step(1);
  expect(warn).not.toHaveBeenCalled();
  const untold = movingTrainer({ state: [] });
  for (const _ of [1, 2]) await untold.step(1);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^Step 0: the losses change the variable "running", which is not in `state`: no step puts it back, and no checkpoint holds it./,
      ),
    ],
  ]);
});

test('disposing while the losses are looked at again takes the step back', async () => {
  const tensors = tf.memory().numTensors;
  const optimizer = tf.train.adagrad(0.1);
  let late: (() => void) | undefined;
  const second: Objective<number> = {
    ...three[1]!,
    loss(batch) {
      if (evaluations === 2) late?.();
      return three[1]!.loss(batch);
    },
  };
  const trainer = movingTrainer({ combiner: looking, objectives: [moving, second], optimizer });
  late = () => {
    trainer.dispose();
    optimizer.dispose();
  };
  const before = values();
  await expect(trainer.step(1)).rejects.toThrow('The trainer was disposed of while a step was under way.');
  expect(values()).toEqual(before);
  expect(running.dataSync()[0]).toBe(1);
  expect(variables.every((variable) => !variable.isDisposed)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
});
