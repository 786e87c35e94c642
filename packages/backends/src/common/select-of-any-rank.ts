import { Select, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

/** On a GPU the stock kernel takes at most four dimensions. Tensors of one shape are chosen from element by element, whatever it is. */
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
