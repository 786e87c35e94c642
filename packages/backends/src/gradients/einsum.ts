import { broadcastTo, Einsum, einsum as product, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { Gradient, InputGradients } from './gradient.ts';

/**
 * The gradient of one factor is the product of the upstream gradient with the other factor. There is no stock
 * gradient.
 */
export const einsum: Gradient = () => ({
  kernelName: Einsum,
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const [inputs, output] = (attrs.equation as string).replaceAll(' ', '').split('->') as [string, string];
    const letters = inputs.split(',');
    return Object.fromEntries(
      saved.map((tensor, i) => {
        const others = saved
          .map((other, j) => ({ tensor: other, letters: letters[j]! }))
          .filter((_, j) => j !== i);
        const factors = [{ tensor: dy as Tensor, letters: output }, ...others];
        return [i, () => derivative(tensor, letters[i]!, factors)];
      }),
    ) as InputGradients;
  },
});

interface Factor {
  readonly tensor: Tensor;
  readonly letters: string;
}

function derivative({ shape }: Tensor, letters: string, factors: readonly Factor[]): Tensor {
  // If only this factor has an axis, the axis is summed over, and all elements along it have the same
  // gradient.
  const known = [...letters].filter((letter) => factors.some((factor) => factor.letters.includes(letter)));
  const equation = `${factors.map((factor) => factor.letters).join(',')}->${known.join('')}`;
  const gradients = product(equation, ...factors.map(({ tensor }) => tensor));
  const kept = shape.map((length, axis) => (known.includes(letters[axis]!) ? length : 1));
  return broadcastTo(reshape(gradients, kept), shape);
}
