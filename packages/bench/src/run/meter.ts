import * as tf from '@tensorflow/tfjs-core';
import type { RunCost } from '../records/index.ts';

/** Measures the cost of the steps of a run. */
export interface Meter {
  /** Runs one step, and throws its error if it has one. */
  step(work: () => Promise<unknown>): Promise<void>;
  /** The cost so far; undefined before the first step. */
  cost(): RunCost | undefined;
}

/**
 * The number of steps whose memory is measured. The first step creates averages and the state of optimizers,
 * so the second is the first with all tensors of a run.
 */
const WATCHED = 2;

/** Makes a meter. `before` is the cost of earlier steps, made by another process. */
export function createMeter(before: RunCost = { steps: 0, peakBytes: null }): Meter {
  let { steps, peakBytes } = before;
  return {
    async step(work) {
      steps++;
      if (steps > WATCHED) {
        await work();
        return;
      }
      const peak = watchBytes();
      try {
        await work();
      } finally {
        peakBytes = peak();
      }
    },
    cost: () => (steps === 0 ? undefined : { steps, peakBytes }),
  };
}

/**
 * Measures the memory of tensors. The returned function stops this and gives the highest number of bytes at
 * one time. They include earlier buffers, and count each new buffer once, even if several tensors share it.
 * TensorFlow.js's own count adds a buffer for every reshaped tensor.
 */
function watchBytes(): () => number {
  const engine = tf.engine();
  const { tensorInfo } = engine.state;
  let bytes = tf.memory().numBytes;
  let most = bytes;
  const { trackTensor, removeDataId } = engine;
  engine.trackTensor = (tensor, backend) => {
    const isNew = !tensorInfo.has(tensor.dataId);
    trackTensor.call(engine, tensor, backend);
    if (isNew) bytes += tensorInfo.get(tensor.dataId)!.bytes;
    most = Math.max(most, bytes);
  };
  engine.removeDataId = (dataId, backend) => {
    bytes -= tensorInfo.get(dataId)?.bytes ?? 0;
    removeDataId.call(engine, dataId, backend);
  };
  return () => {
    Object.assign(engine, { trackTensor, removeDataId });
    return most;
  };
}
