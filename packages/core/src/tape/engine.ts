import * as tf from '@tensorflow/tfjs-core';

/** Parts of TensorFlow.js's engine that its types do not declare. */
interface RecordingEngine {
  startTape(): void;
  endTape(): void;
  nextTensorId(): number;
  addTapeNode(
    kernelName: string,
    inputs: TapeNode['inputs'],
    outputs: readonly tf.Tensor[],
    gradient: unknown,
    saved: readonly tf.Tensor[],
    attrs?: Attributes,
  ): void;
  runKernel(kernelName: string, inputs: TapeNode['inputs'], attrs?: Attributes): unknown;
  readonly state: { activeTape: TapeNode[] | null; readonly gradientDepth: number };
}

export function recordingEngine(): RecordingEngine {
  return tf.engine() as unknown as RecordingEngine;
}

/**
 * Gives the recorded operations their attributes, which the engine forgets, until the returned function is
 * called. A fused operation is recorded as a gradient of its own; it gets the name of its kernel too.
 */
export function keepAttributes(): () => void {
  const engine = recordingEngine();
  const { addTapeNode, runKernel } = engine;
  let fused: { kernelName: string; attrs: Attributes } | null = null;
  engine.runKernel = (kernelName, inputs, attrs) => {
    if (attrs && /^_?Fused\w*(MatMul|Conv2D)$/.test(kernelName)) fused = { kernelName, attrs };
    return runKernel.call(engine, kernelName, inputs, attrs);
  };
  engine.addTapeNode = (...args) => {
    addTapeNode.apply(engine, args);
    const [scope, , , , , attrs] = args;
    const isFused = /^fused\w+__op$/.test(scope) && attrs === undefined;
    Object.assign(engine.state.activeTape!.at(-1)!, isFused ? fused : { attrs });
  };
  return () => {
    engine.runKernel = runKernel;
    engine.addTapeNode = addTapeNode;
  };
}

/** The attributes of an operation, such as the axis of a sum. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A recorded operation. */
export interface TapeNode {
  readonly kernelName: string;
  readonly attrs?: Attributes;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
  readonly saved?: readonly tf.Tensor[];
}
