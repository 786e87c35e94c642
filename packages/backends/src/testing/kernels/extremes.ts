import type { Values } from '../values.ts';
import type { Draw, Kernel, Kernels } from './draw.ts';
import { kernels } from './index.ts';

const EXTREMES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];

/** A computation some of whose floats are NaN, infinite, or a zero of either sign. */
function extreme(kernel: Kernel): Kernel {
  return (draw) => {
    const drawn = kernel(draw);
    return {
      ...drawn,
      isExtreme: true,
      inputs: drawn.inputs.map((x) => (x.dtype === 'float32' ? withExtremes(x, draw) : x)),
    };
  };
}

function withExtremes(x: Values, draw: Draw): Values {
  const kinds = draw.chance() ? EXTREMES : [draw.pick(EXTREMES)];
  const share = draw.pick([0.05, 0.3, 1]);
  return { ...x, values: x.values.map((value) => (draw.chance(share) ? draw.pick(kinds) : value)) };
}

/**
 * Backends differ in these kernels for special values: in the position of NaN in an order, in the largest
 * number among NaN, in one to the power of NaN, in the angle of zero, and in the first value of a dilation.
 */
const OPEN = [
  'ArgMax',
  'ArgMin',
  'Atan2',
  'Dilation2D',
  'MaxPool',
  'MaxPool3D',
  'MaxPoolWithArgmax',
  'Pow',
  'TopK',
];

export const extremes: Kernels = Object.fromEntries(
  Object.entries(kernels)
    .filter(([name]) => !OPEN.includes(name))
    .map(([name, kernel]) => [name, extreme(kernel)]),
);
