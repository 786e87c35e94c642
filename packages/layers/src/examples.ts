import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputsOf, sizeOf, type Tensors, tensorsByPosition } from './batch.ts';
import type { Examples } from './sources.ts';

/** Checks the tensors given to `fit` or `evaluate`. */
export function examplesOf(
  { inputNames, outputNames }: LayersModel,
  x: Tensors,
  y: Tensors,
  sampleWeight: Tensors | undefined,
): Examples {
  const xs = inputsOf(inputNames, x);
  const ys = tensorsByPosition('y', 'output', outputNames, y);
  const weights = tensorsByPosition('sampleWeight', 'output', outputNames, sampleWeight);
  const given = (what: string, list: readonly (tf.Tensor | null)[]) =>
    list.flatMap((tensor, index) =>
      tensor ? [[`${what} of "${outputNames[index]}"`, tensor] as const] : [],
    );
  const size = sizeOf([['x', xs[0]!], ...given('y', ys), ...given('sampleWeight', weights)]);
  if (size === 0) throw new Error('There are no examples: the tensors are empty.');
  return { xs, ys, sampleWeight: weights };
}

/** The examples before index `place`, and those from there on. The caller disposes of the new tensors. */
export function splitAt({ xs, ys, sampleWeight }: Examples, place: number): [Examples, Examples] {
  const size = xs[0]!.shape[0]!;
  const part = (start: number, length: number): Examples => {
    const cut = <Given extends tf.Tensor | null>(tensor: Given) =>
      (tensor && tf.slice(tensor, start, length)) as Given;
    return { xs: xs.map(cut), ys: ys.map(cut), sampleWeight: sampleWeight.map(cut) };
  };
  return [part(0, place), part(place, size - place)];
}
