import type { Values } from '../values.ts';
import type { Draw, Kernel, Kernels } from './draw.ts';
import { kernels } from './index.ts';

const EXTREMES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];

/** A computation some of whose floats are no numbers, infinite or a zero of either sign. */
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

/** In what order NaN is sorted, what the largest number among NaN is, and what one to the power of NaN and the angle of zero are, differs between backends, and so does what dilation begins with. */
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
