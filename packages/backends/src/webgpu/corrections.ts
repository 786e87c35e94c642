import { avgPoolGrad } from '../common/avg-pool-grad.ts';
import { ofAnyRank } from '../common/axis-by-axis.ts';
import { broadcastProducts } from '../common/broadcast-products.ts';
import { correctCommon } from '../common/corrections.ts';
import { scansOfAnyRank } from '../common/scans-of-any-rank.ts';
import { selectOfAnyRank } from '../common/select-of-any-rank.ts';
import { correctKernels } from '../corrections.ts';
import { bitwiseAnd } from './kernels/bitwise-and.ts';
import { cast } from './kernels/cast.ts';
import { denseBincount } from './kernels/dense-bincount.ts';
import { emptyBatches } from './kernels/empty-batches.ts';
import { emptyProducts } from './kernels/empty-products.ts';
import { gatherNd } from './kernels/gather-nd.ts';
import { linSpace } from './kernels/lin-space.ts';
import { maxPool3DGrad } from './kernels/max-pool3d-grad.ts';
import { passingNaN } from './kernels/passing-nan.ts';
import { reductions } from './kernels/reductions.ts';
import { segments } from './kernels/segments.ts';
import { softmax } from './kernels/softmax.ts';
import { topK } from './kernels/top-k.ts';

/**
 * Registers the corrected kernels for WebGPU. Its stock kernels must be registered already. Calling it twice
 * changes nothing.
 */
export function correctWebgpu(): void {
  correctKernels('webgpu', [
    segments,
    topK,
    ...avgPoolGrad,
    ...bitwiseAnd,
    ...broadcastProducts,
    ...cast,
    ...denseBincount,
    ...emptyBatches,
    ...emptyProducts,
    ...gatherNd,
    ...linSpace,
    ...maxPool3DGrad,
    ...ofAnyRank,
    ...passingNaN,
    ...reductions,
    ...scansOfAnyRank,
    ...selectOfAnyRank,
    ...softmax,
  ]);
  correctCommon('webgpu');
}
