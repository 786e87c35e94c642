import { add, MirrorPad, reverse, type Tensor } from '@tensorflow/tfjs-core';
import { window } from './along-axis.ts';
import { type Gradient, gradient } from './gradient.ts';

interface Attributes {
  readonly paddings: readonly (readonly [number, number])[];
  readonly mode: 'reflect' | 'symmetric';
}

/** What the mirror shows is added where it shows it. The stock gradient leaves the padding out. */
export const mirrorPad: Gradient = gradient<Attributes>(MirrorPad, ['x'], (dy, [x], { paddings, mode }) => ({
  x: () => {
    // At the edge the mirror shows the edge, or its neighbour.
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
