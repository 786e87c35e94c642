import type { Tensor } from '@tensorflow/tfjs-core';

/** The arguments that TensorFlow.js gives a kernel for images [batch, height, width, channels]. */
export interface Call {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: Attributes;
}

export interface Attributes {
  readonly pad: number | 'valid' | 'same' | [number, number][];
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterSize?: number | [number, number];
  readonly filterShape?: Shape;
  readonly inputShape?: Shape;
}

export type Shape = [number, number, number, number];

/** A kernel that uses the one that it replaces. */
export type Correction = (call: Call, stock: (call: Call) => Tensor) => Tensor;
