import { Select, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

/**
 * The stock kernel on a GPU takes at most four dimensions. If the tensors have one shape, the choice is made
 * element by element, so this correction reshapes them.
 */
export const selectOfAnyRank: readonly Correction[] = corrections<object>([Select], (stock) => (call) => {
  const { condition, t, e } = call.inputs;
  const { shape } = t!;
  if (shape.length <= 4 || !util.arraysEqual(condition!.shape, shape)) return stock(call);
  const flat = [util.sizeFromShape(shape)];
  const inputs = {
    condition: { ...condition!, shape: flat },
    t: { ...t!, shape: flat },
    e: { ...e!, shape: flat },
  };
  return { ...stock({ ...call, inputs }), shape };
});
