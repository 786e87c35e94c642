import { add, MirrorPad, reverse, type Tensor } from '@tensorflow/tfjs-core';
import { window } from './along-axis.ts';
import { type Gradient, gradient } from './gradient.ts';

interface Attributes {
  readonly paddings: readonly (readonly [number, number])[];
  readonly mode: 'reflect' | 'symmetric';
}

/**
 * The gradient of each mirrored element is added to the gradient of the element that it copies. The stock
 * gradient ignores the padding.
 */
export const mirrorPad: Gradient = gradient<Attributes>(MirrorPad, ['x'], (dy, [x], { paddings, mode }) => ({
  x: () => {
    // Mode 'symmetric' repeats the element at the edge, mode 'reflect' begins with its neighbour.
    const edge = mode === 'symmetric' ? 0 : 1;
    let result: Tensor = dy;
    for (const [axis, [before, after]] of paddings.entries()) {
      const length = x!.shape[axis]!;
      const part = (first: number, count: number): Tensor => window(result, axis, first, count);
      const placed = (image: Tensor, at: number): Tensor => window(reverse(image, axis), axis, -at, length);
      let sum = part(before, length);
      if (before > 0) sum = add(sum, placed(part(0, before), edge));
      if (after > 0) sum = add(sum, placed(part(before + length, after), length - edge - after));
      result = sum;
    }
    return result;
  },
}));
