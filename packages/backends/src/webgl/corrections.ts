import { avgPoolGrad } from '../common/avg-pool-grad.ts';
import { ofAnyRank } from '../common/axis-by-axis.ts';
import { broadcastProducts } from '../common/broadcast-products.ts';
import { correctCommon } from '../common/corrections.ts';
import { denseBincount } from '../common/dense-bincount.ts';
import { scansOfAnyRank } from '../common/scans-of-any-rank.ts';
import { selectOfAnyRank } from '../common/select-of-any-rank.ts';
import { correctPresentKernels } from '../corrections.ts';
import { bitwiseAnd } from './bitwise-and.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { floorDiv } from './floor-div.ts';
import { log1p } from './log1p.ts';
import { maxPoolWithArgmax } from './max-pool-with-argmax.ts';
import { stridedSlice } from './strided-slice.ts';

/**
 * Registers the corrected kernels for WebGL. Its stock kernels must be registered already. Calling it twice
 * changes nothing.
 */
export function correctWebgl(): void {
  correctPresentKernels('webgl', [
    ...avgPoolGrad,
    ...bitwiseAnd,
    ...broadcastProducts,
    ...cropAndResize,
    ...denseBincount,
    ...floorDiv,
    ...log1p,
    ...maxPoolWithArgmax,
    ...ofAnyRank,
    ...scansOfAnyRank,
    ...selectOfAnyRank,
    ...stridedSlice,
  ]);
  correctCommon('webgl');
}
