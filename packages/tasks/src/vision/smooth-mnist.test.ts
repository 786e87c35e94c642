import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { mnist } from '../datasets/mnist.ts';
import { normals } from '../random.ts';
import { firstExamples } from '../splits.ts';
import { dot, gradientOf, slope, trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { classify } from './classify.ts';
import { largestSingularValue } from './exact-norm.ts';
import { imageTensor } from './images.ts';
import { smoothMnist } from './smooth-mnist.ts';

const SMALL = { epochs: 1, batch: 16, images: 64 };

/**
 * Mean cross-entropy of the network in float64. All parameters are one list: kernel and bias of each layer in
 * turn.
 */
function crossEntropy(parameters: readonly number[], images: number[][], labels: readonly number[]): number {
  const widths = [784, 256, 128, 10];
  let total = 0;
  for (const [example, pixels] of images.entries()) {
    let activation = pixels;
    let offset = 0;
    for (let layer = 0; layer < 3; layer++) {
      const outputs = widths[layer + 1]!;
      const bias = offset + activation.length * outputs;
      activation = Array.from({ length: outputs }, (_, j) => {
        const sum = activation.reduce(
          (s, x, i) => s + x * parameters[offset + i * outputs + j]!,
          parameters[bias + j]!,
        );
        return layer < 2 ? Math.max(0, sum) : sum;
      });
      offset = bias + outputs;
    }
    total +=
      Math.log(activation.reduce((sum, logit) => sum + Math.exp(logit), 0)) - activation[labels[example]!]!;
  }
  return total / images.length;
}

test('a batch holds normalised pixels and one-hot labels of the same images', async () => {
  const task = await smoothMnist(SMALL, 1);
  expect([task.stepsPerEpoch, task.steps]).toEqual([4, 4]);
  const seen: number[] = [];
  for (let step = 0; step < 4; step++) {
    const { images, labels } = task.batch(step);
    const pixels = images.arraySync();
    for (const [row, oneHot] of labels.arraySync().entries()) {
      expect([...oneHot].sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
      const bytes = pixels[row]!.map((pixel) => Math.round((pixel * 0.3081 + 0.1307) * 255));
      const { train } = mnist();
      const example = Array.from({ length: 64 }, (_, index) => index).find((index) =>
        bytes.every((byte, pixel) => byte === train.images[index * 784 + pixel]),
      );
      expect(example).toBeDefined();
      expect(oneHot.indexOf(1)).toBe(train.labels[example!]);
      seen.push(example!);
    }
    tf.dispose([images, labels]);
  }
  expect(new Set(seen).size).toBe(64);
  task.dispose();
});

test('cross-entropy and its gradient are those of the network in float64', async () => {
  const task = await smoothMnist({ ...SMALL, batch: 4 }, 2);
  const batch = task.batch(0);
  const images = batch.images.arraySync();
  const labels = batch.labels.arraySync().map((oneHot) => oneHot.indexOf(1));
  const parameters = task.variables.flatMap((variable) => [...variable.dataSync()]);
  const [objective] = task.objectives as [(typeof task.objectives)[0]];
  const value = (point: readonly number[]) => crossEntropy(point, images, labels);
  expect(tf.tidy(() => (objective.loss(batch) as tf.Tensor).dataSync()[0])).toBeCloseTo(value(parameters), 4);
  let offset = 0;
  for (const [index, variable] of task.variables.entries()) {
    const along = normals(variable.size, 1, 3, index);
    const direction = new Float64Array(parameters.length);
    direction.set(along, offset);
    const expected = slope(value, parameters, direction, 1e-7);
    expect(dot(gradientOf(objective, batch, variable), along) / expected).toBeCloseTo(1, 3);
    offset += variable.size;
  }
  tf.dispose(batch);
  task.dispose();
});

test('weights start as He has them, and the vectors are state', async () => {
  const task = await smoothMnist(SMALL, 5);
  for (const variable of task.variables) {
    const { name, size, shape } = variable;
    const values = [...variable.dataSync()];
    if (name.endsWith('bias')) expect(values).toEqual(values.map(() => 0));
    else {
      const variance = dot(values, values) / size;
      expect(Math.abs(variance / (2 / shape[0]!) - 1)).toBeLessThan(4 * Math.sqrt(2 / size));
    }
  }
  expect(task.variables.map(({ name }) => name)).toEqual(
    [1, 2, 3].flatMap((layer) => ['kernel', 'bias'].map((part) => `smooth-mnist/dense${layer}/${part}`)),
  );
  expect(task.state!.map(({ name, shape, trainable }) => [name, shape, trainable])).toEqual([
    ['smooth-mnist/dense1/singular-vector', [256, 1], false],
    ['smooth-mnist/dense2/singular-vector', [128, 1], false],
    ['smooth-mnist/dense3/singular-vector', [10, 1], false],
  ]);
  task.dispose();
});

test('training on the cross-entropy classifies, and weight on smoothness makes smoother', async () => {
  const after = async (smoothness: number) => {
    const task = await smoothMnist({ epochs: 2, batch: 32, images: 512 });
    const optimizer = task.optimizer();
    const trainer = trainerOf(task, weighing(1, smoothness), optimizer);
    const before = await task.evaluate();
    await trainSteps(task, trainer, 0, task.steps);
    const evaluation = await task.evaluate();
    trainer.dispose();
    optimizer.dispose();
    task.dispose();
    return { before, evaluation };
  };
  const plain = await after(0);
  expect(plain.evaluation.train['cross-entropy']).toBeLessThan(plain.before.train['cross-entropy']! / 2);
  expect(plain.evaluation.metrics!['train/accuracy']).toBeGreaterThan(0.6);
  expect(plain.evaluation.metrics!['test/accuracy']).toBeGreaterThan(0.5);
  const smooth = await after(1);
  expect(smooth.before).toEqual(plain.before);
  expect(smooth.evaluation.train.smoothness).toBeLessThan(plain.evaluation.train.smoothness! - 0.01);
  expect(smooth.evaluation.test!.smoothness).toBe(smooth.evaluation.train.smoothness);
});

test('evaluation: cross-entropy and accuracy over all images, and the norms to convergence', async () => {
  const task = await smoothMnist({ epochs: 1, batch: 10, images: 40 }, 3);
  const { train, metrics } = await task.evaluate();
  let loss = 0;
  let correct = 0;
  for (let step = 0; step < 4; step++) {
    const batch = task.batch(step);
    loss += tf.tidy(() => (task.objectives[0]!.loss(batch) as tf.Tensor).dataSync()[0]!) / 4;
    tf.dispose(batch);
  }
  expect(train['cross-entropy']).toBeCloseTo(loss, 5);
  const kernels = task.variables.filter(({ name }) => name.endsWith('kernel')) as tf.Variable<tf.Rank.R2>[];
  const biases = task.variables.filter(({ name }) => name.endsWith('bias'));
  await classify([mnist().train.labels], firstExamples(40), (chosen) => {
    const logits = kernels.reduce(
      (x: tf.Tensor2D, kernel, layer) =>
        tf.add(tf.matMul(layer === 0 ? x : tf.relu(x), kernel), biases[layer]!),
      imageTensor(mnist().train, chosen),
    );
    const guesses = tf.argMax(logits, 1).dataSync<'int32'>();
    correct = guesses.reduce((count, guess, row) => count + (guess === mnist().train.labels[row] ? 1 : 0), 0);
    return [logits];
  });
  expect(metrics!['train/accuracy']).toBe(correct / 40);
  // The training loss approaches this value by iteration.
  const [, smoothness] = task.objectives as [unknown, (typeof task.objectives)[0]];
  const batch = task.batch(0);
  let iterated = 0;
  for (let call = 0; call < 150; call++)
    iterated = tf.tidy(() => (smoothness.loss(batch) as tf.Tensor).dataSync()[0]!);
  expect(iterated).toBeCloseTo(train.smoothness!, 4);
  const norms = await Promise.all(kernels.map((kernel) => largestSingularValue(kernel)));
  expect(train.smoothness).toBeCloseTo(Math.log(norms.reduce((product, norm) => product * norm)), 12);
  tf.dispose(batch);
  task.dispose();
});

test('training resumed from a checkpoint equals training that never stopped, to the last bit', async () => {
  const straight = await smoothMnist(SMALL);
  const values = (task: typeof straight) => [...task.variables, ...task.state!].map((v) => [...v.dataSync()]);
  const first = straight.optimizer();
  const trainer = trainerOf(straight, weighing(1, 0.1), first);
  await trainSteps(straight, trainer, 0, 3);
  const saved = await trainer.checkpoint();
  await trainSteps(straight, trainer, 3, 6);
  const expected = values(straight);
  trainer.dispose();
  first.dispose();
  straight.dispose();

  const resumed = await smoothMnist(SMALL);
  const second = resumed.optimizer();
  const again = trainerOf(resumed, weighing(1, 0.1), second);
  await again.restore(saved);
  await trainSteps(resumed, again, 3, 6);
  expect(values(resumed)).toEqual(expected);
  again.dispose();
  second.dispose();
  resumed.dispose();
});

test('a batch larger than the images is refused', async () => {
  await expect(smoothMnist({ images: 100 })).rejects.toThrow(
    'smooth-mnist: option batch: Must be at most the number of images',
  );
  await expect(smoothMnist({ images: 60_001 })).rejects.toThrow(/option images: .*<= 60000/);
});
