import { type TensorContainer, tidy } from '@tensorflow/tfjs-core';

/** A tidy whose result may hold nulls, which TensorFlow.js allows and its types do not. */
export function tidied<Value>(compute: () => Value): Value {
  return tidy(compute as () => TensorContainer) as Value;
}
