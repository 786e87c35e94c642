import { avgPoolGrad } from '../every/avg-pool-grad.ts';
import { ofAnyRank } from '../every/axis-by-axis.ts';
import { broadcastProducts } from '../every/broadcast-products.ts';
import { denseBincount } from '../every/dense-bincount.ts';
import { mendEvery } from '../every/mend.ts';
import { scansOfAnyRank } from '../every/scans-of-any-rank.ts';
import { selectOfAnyRank } from '../every/select-of-any-rank.ts';
import { mendPresent } from '../mend.ts';
import { bitwiseAnd } from './bitwise-and.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { floorDiv } from './floor-div.ts';
import { log1p } from './log1p.ts';
import { maxPoolWithArgmax } from './max-pool-with-argmax.ts';
import { stridedSlice } from './strided-slice.ts';

/** Registers the mended kernels for WebGL, whose stock ones must be registered already. Doing it twice changes nothing. */
export function mendWebgl(): void {
  mendPresent('webgl', [
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
  mendEvery('webgl');
}
