import { type TensorContainer, tidy } from '@tensorflow/tfjs-core';

/** A tidy whose result may contain nulls. TensorFlow.js allows them, but its types do not. */
export function tidied<Value>(compute: () => Value): Value {
  return tidy(compute as () => TensorContainer) as Value;
}
