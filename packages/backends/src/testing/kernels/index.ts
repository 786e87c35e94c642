import type { Kernels } from './draw.ts';
import { elementwise } from './elementwise.ts';
import { images } from './images.ts';
import { indexing } from './indexing.ts';
import { products } from './products.ts';
import { rearranging } from './rearranging.ts';
import { reductions } from './reductions.ts';

/** By the name of the tested kernel, or of the function if it is made of several kernels. */
export const kernels: Kernels = {
  ...elementwise,
  ...reductions,
  ...rearranging,
  ...indexing,
  ...products,
  ...images,
};
