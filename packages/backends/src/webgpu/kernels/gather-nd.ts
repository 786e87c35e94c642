import { GatherNd } from '@tensorflow/tfjs-core';
import { corrections } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

/**
 * The stock kernel gathers small tensors in JavaScript, and takes two references that it never gives back.
 */
export const gatherNd: readonly Correction[] = corrections<object>([GatherNd], (stock) => (call) => {
  const { backend } = call;
  const tensors = Object.values(call.inputs);
  const before = tensors.map(({ dataId }) => backend.refCount(dataId));
  const result = stock(call);
  tensors.forEach(({ dataId }, i) => {
    while (backend.refCount(dataId) > before[i]!) backend.disposeData(dataId);
  });
  return result;
});
