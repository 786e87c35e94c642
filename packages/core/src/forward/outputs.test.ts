import * as tf from '@tensorflow/tfjs';
import { describe, expect, test, vi } from 'vitest';
import type { ConstantCombiner, GradientCombiner } from '../combiner.ts';
import type { LossWithOutputs, Objective } from '../objective.ts';
import { looking } from '../testing/moving-state.ts';
import {
  bias,
  combiners,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
  variables,
} from '../testing/three-objectives.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { createTrainer } from '../trainer/trainer.ts';
import { shared } from './shared.ts';

declare const console: { warn(message: string): void };

const trunk = shared((batch: number) => tf.mul(tf.square(kernel), batch));

/** Losses on a trunk. Two of them tell of it, with an output whose operations save tensors for a backward pass. */
const onTrunk = (tells: boolean) =>
  three.map(
    (objective, k): Objective<number> => ({
      ...objective,
      loss: (batch) => {
        if (batch === k) return null;
        return tf.tidy(() => {
          const features = trunk(batch);
          const loss = tf.sum(tf.mul(features, k + 1));
          if (!tells || k === 2) return loss;
          return { loss, outputs: { features, share: tf.softmax(tf.sigmoid(tf.sqrt(features))) } };
        }) as tf.Tensor | LossWithOutputs;
      },
    }),
  );
const [telling, silent] = [onTrunk(true), onTrunk(false)];

const featuresAt = (theta: readonly number[], batch: number) =>
  theta.slice(0, 6).map((x) => Math.fround(Math.fround(x * x) * batch));

const kinds: readonly GradientCombiner[] = [...combiners, looking, largest];
const cases = kinds.flatMap((combiner) =>
  (['kept', 'streamed'] as const).map((gradients) => [combiner.name, gradients, combiner] as const),
);

describe.each(cases)('with %s, %s', (_, gradients, combiner) => {
  test('the report has the outputs of the losses that are there, from before the step', async () => {
    const subject = trainer({ objectives: telling, combiner, gradients, optimizer: tf.train.sgd(2 ** -6) });
    for (const batch of [0.25, 1, 0, 0.5]) {
      const features = featuresAt(values(), batch);
      const { outputs } = await subject.step(batch);
      const present = ['first', 'second'].filter((_, k) => k !== batch);
      expect(outputs).toHaveLength(1);
      expect(Object.keys(outputs[0]!)).toEqual(present);
      for (const name of present) {
        const { features: own, share, ...others } = outputs[0]![name]!;
        expect(others).toEqual({});
        expect(own!.shape).toEqual([2, 3]);
        for (const [i, x] of own!.dataSync().entries()) expect(x).toBeCloseTo(features[i]!, 5);
        expect(tf.tidy(() => tf.sum(share!).dataSync()[0])).toBeCloseTo(2, 5);
      }
    }
    subject.dispose();
  });

  test('they change nothing, and live until the next step', async () => {
    const run = async (objectives: readonly Objective<number>[]) => {
      tf.tidy(() => kernel.assign(tf.tensor2d([1, -2, 3, 0.5, 1, 2], [2, 3])));
      const optimizer = tf.train.adam(2 ** -6);
      const subject = trainer({ objectives, combiner, gradients, optimizer });
      const counts: number[] = [];
      for (const batch of [0.25, 0.5, 1, 0.75]) {
        await subject.step(batch);
        counts.push(tf.memory().numTensors);
      }
      subject.dispose();
      optimizer.dispose();
      return { values: values(), left: tf.memory().numTensors, counts };
    };
    const [expected, actual] = [await run(silent), await run(telling)];
    expect(actual.values).toEqual(expected.values);
    expect(actual.left).toBe(expected.left);
    // Two of each objective that is there.
    expect(actual.counts.map((count, step) => count - expected.counts[step]!)).toEqual([4, 4, 2, 4]);
  });
});

test("the next step disposes of them, and so does the trainer's dispose", async () => {
  const subject = trainer({ objectives: telling, combiner: projecting });
  const tensorsOf = async () =>
    tf.tensor_util.getTensorsInContainer((await subject.step(0.5)).outputs as never);
  const [first, second] = [await tensorsOf(), await tensorsOf()];
  expect(first.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true, true]);
  expect(second.map(({ isDisposed }) => isDisposed)).toEqual([false, false, false, false]);
  subject.dispose();
  expect(second.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true, true]);
});

test('of several batches each has its own', async () => {
  const combiner = { ...projecting, batches: 2 } as const;
  const before = values();
  const subject = trainer({ objectives: telling, combiner, optimizer: tf.train.sgd(0) });
  const { outputs } = await subject.step(0.5, 1);
  expect(outputs.map((own) => Object.keys(own))).toEqual([['first', 'second'], ['first']]);
  for (const [b, batch] of [0.5, 1].entries()) {
    const features = outputs[b]!.first!.features!.dataSync();
    for (const [i, x] of featuresAt(before, batch).entries()) expect(features[i]).toBeCloseTo(x, 5);
  }
  subject.dispose();
});

test('a trainer without an optimizer has them too', async () => {
  const subject = createTrainer({ objectives: telling, combiner: projecting, variables });
  const { gradients, report } = await subject.combineGradients(0.5);
  expect(report.outputs[0]!.first!.features!.dataSync()).toHaveLength(6);
  tf.dispose(gradients!);
  subject.dispose();
});

/** Counts tensors between the forward and the backward pass. */
function counting(): { readonly combiner: ConstantCombiner; readonly counts: number[] } {
  const counts: number[] = [];
  const weights: ConstantCombiner['weights'] = (rows) => {
    counts.push(tf.memory().numTensors);
    return rows.map(() => 0.5);
  };
  return { combiner: { ...half, weights }, counts };
}

test('nothing is saved for gradients of outputs', async () => {
  const { combiner, counts } = counting();
  const optimizer = tf.train.sgd(0.125);
  for (const objectives of [silent, telling]) {
    const subject = trainer({ objectives, combiner, optimizer });
    await subject.step(0.5);
    subject.dispose();
  }
  expect(counts[1]! - counts[0]!).toBe(4);
});

test('nothing is saved for gradients of what is frozen', async () => {
  const { combiner, counts } = counting();
  const optimizer = tf.train.sgd(0.125);
  const onFrozen = (depth: number): Objective<number> => ({
    ...three[0]!,
    loss: (batch) => {
      let features = tf.mul(kernel, batch);
      for (let layer = 0; layer < depth; layer++) features = tf.sigmoid(features);
      return tf.sum(tf.mul(features, tf.sum(bias)));
    },
  });
  kernel.trainable = false;
  for (const depth of [1, 5]) {
    const subject = trainer({ objectives: [onFrozen(depth)], combiner, optimizer });
    await subject.step(0.5);
    subject.dispose();
  }
  expect(counts[1]).toBe(counts[0]);
});

test('a loss that is absent may have outputs', async () => {
  const unlabelled = { ...three[1]!, loss: () => ({ loss: null, outputs: { features: tf.square(kernel) } }) };
  for (const objectives of [[three[0]!, unlabelled], [unlabelled]]) {
    const subject = trainer({ objectives });
    const report = await subject.step(1);
    expect(report.losses.second).toBeNull();
    expect(report.updated).toBe(objectives.length === 2);
    expect(report.outputs[0]!.second!.features!.shape).toEqual([2, 3]);
    subject.dispose();
  }
});

test('a loss that depends on no variable may have outputs', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const constant = { ...three[1]!, loss: () => ({ loss: tf.scalar(3), outputs: { kept: tf.scalar(5) } }) };
  const subject = trainer({ objectives: [three[0]!, constant] });
  const report = await subject.step(1);
  expect(report.unreached).toEqual(['second']);
  expect(report.outputs[0]!.second!.kept!.dataSync()[0]).toBe(5);
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
  subject.dispose();
});

test.each([
  ['SGD', () => tf.train.sgd(0.125)],
  ['Adam', () => tf.train.adam(0.125)],
] as const)('a variable, and a tensor of the caller, may be given: %s', async (_, create) => {
  const own = tf.scalar(4);
  const outputs = { kernel, own };
  const objectives = [{ ...three[0]!, loss: (batch: number) => ({ loss: lossOf(batch), outputs }) }];
  const lossOf = (batch: number) => three[0]!.loss(batch) as tf.Tensor;
  const subject = trainer({ objectives, optimizer: create() });
  for (const _ of [1, 2, 3]) {
    const before = [...kernel.dataSync()];
    const [given] = (await subject.step(1)).outputs;
    expect([...given!.first!.kernel!.dataSync()]).toEqual(before);
    expect([...kernel.dataSync()]).not.toEqual(before);
  }
  subject.dispose();
  expect(own.isDisposed || kernel.isDisposed).toBe(false);
});

describe('a step that fails leaves none behind', () => {
  const never = () => ({
    loss: tf.mul(tf.sum(bias), Number.NaN),
    outputs: { features: tf.square(kernel) },
  });
  test.each<[string, Objective<number>['loss'], Partial<TrainerOptions<number>>]>([
    ['an error', never, {}],
    ['a step that is skipped', never, { onNonFinite: 'skip' }],
    [
      'a loss that throws',
      () => {
        throw new Error('no');
      },
      {},
    ],
    ['an output that is none', () => ({ loss: tf.sum(bias), outputs: { b: 1 as never } }), {}],
  ])('%s', async (_, loss, options) => {
    const failing = {
      ...telling[1]!,
      loss: (batch: number) => (batch < 0 ? loss(batch) : telling[1]!.loss(batch)),
    };
    const subject = trainer({ objectives: [telling[0]!, failing], combiner: projecting, ...options });
    await subject.step(0.5);
    const held = tf.memory().numTensors;
    const attempt = subject.step(-1);
    if (options.onNonFinite) expect((await attempt).outputs).toEqual([]);
    else await expect(attempt).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(held - 4);
    subject.dispose();
  });
});

describe('what is no output is named', () => {
  const gone = () => {
    const tensor = tf.scalar(1);
    tensor.dispose();
    return tensor;
  };
  test.each<[() => unknown, string]>([
    [() => ({ loss: tf.sum(bias), outputs: { a: 3 } }), 'its output "a" must be a tensor, but is 3.'],
    [
      () => ({ loss: tf.sum(bias), outputs: { a: gone() } }),
      'its output "a" must be a tensor, but has been disposed of.',
    ],
    [
      () => ({ loss: tf.sum(bias), outputs: tf.scalar(1) }),
      'its outputs must be tensors by name, as in { logits }, but are a tensor of float32 and shape [].',
    ],
    [
      () => ({ loss: tf.sum(bias), logits: bias }),
      'there is "logits" beside the loss. Give { loss, outputs: { logits } }.',
    ],
    [
      () => ({ loss: 3, outputs: {} }),
      'the loss must be a scalar tensor, { loss, outputs } with one, or null',
    ],
    [() => ({ outputs: {} }), 'or null where the batch has no label for it, but it is an object.'],
    [() => ({ loss: bias }), 'but it is float32 of shape [3]. Reduce it'],
  ])('%#', async (loss, message) => {
    const subject = trainer({ objectives: [{ ...three[0]!, loss: loss as never }] });
    await expect(subject.step(1)).rejects.toThrow(message);
  });
});
