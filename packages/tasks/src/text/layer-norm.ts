import { add, customGrad, mean, mul, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { stopGradient } from '../stop-gradient.ts';

const EPSILON = 1e-5;

/**
 * Scales every row of [rows, width] to mean 0 and deviation 1 (Ba, Kiros, Hinton, arXiv 1607.06450). There is
 * no gain and no offset, because the linear map that follows has both.
 *
 *   y = r (x − mean x),  r = 1 / √(variance x + ε)          dx = r (dy − mean dy − y mean (y dy))
 */
export function layerNorm<T extends Tensor>(x: T): T {
  const centred = stopGradient(() => sub<T>(x, mean(x, -1, true)));
  const scale = stopGradient(() => rsqrt(add(mean(square(centred), -1, true), EPSILON)));
  return customGrad<T>((...given) => {
    const save = given[1] as unknown as (saved: Tensor[]) => void;
    const value = mul<T>(centred, scale);
    save([value, scale]);
    return {
      value,
      gradFunc: (dy: T, saved: Tensor[]) => {
        const [y, scale] = saved as [Tensor, Tensor];
        const across = sub(dy, mean(dy, -1, true));
        return mul(sub(across, mul(y, mean(mul(y, dy), -1, true))), scale);
      },
    };
  })(x);
}
