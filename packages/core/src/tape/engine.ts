import * as tf from '@tensorflow/tfjs-core';

/** Parts of TensorFlow.js's engine that its types do not declare. */
interface RecordingEngine {
  startTape(): void;
  endTape(): void;
  nextTensorId(): number;
  readonly state: { activeTape: TapeNode[] | null; readonly gradientDepth: number };
}

export function recordingEngine(): RecordingEngine {
  return tf.engine() as unknown as RecordingEngine;
}

/** A recorded operation. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
  readonly saved?: readonly tf.Tensor[];
}
