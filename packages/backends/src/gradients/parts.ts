import { concat, SplitV, stack, type Tensor, Unpack } from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.ts';

/**
 * The gradient of a kernel with several results. If there is just one result, its upstream gradient comes
 * without an array, which the stock gradients do not expect.
 */
function joined(kernelName: string, join: (parts: Tensor[], axis: number) => Tensor): Gradient {
  return () => ({
    kernelName,
    gradFunc: (dy, _saved, attrs) => {
      const name = kernelName === Unpack ? 'value' : 'x';
      return { [name]: () => join([dy].flat(), attrs.axis as number) };
    },
  });
}

export const parts: Readonly<Record<string, Gradient>> = {
  [SplitV]: joined(SplitV, concat),
  [Unpack]: joined(Unpack, stack),
};
