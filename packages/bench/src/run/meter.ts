import * as tf from '@tensorflow/tfjs-core';
import type { RunCost } from '../records/index.ts';

/** Sees what the steps of a run cost. */
export interface Meter {
  /** Makes a step; throws what it throws. */
  step(work: () => Promise<unknown>): Promise<void>;
  /** So far; undefined before the first step. */
  cost(): RunCost | undefined;
}

/** The first step makes averages and what optimizers remember, so that the second is the first that has all of a run's tensors. */
const WATCHED = 2;

/** `before`: what the steps have cost that another process made. */
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
 * Watches how much memory tensors hold. What it returns ends that and gives the most bytes that there were at once: those from before, and
 * each buffer made since, however many tensors share it (TensorFlow.js's own count takes every reshaped tensor for another buffer).
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
