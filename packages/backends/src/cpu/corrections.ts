import { avgPoolGrad } from '../common/avg-pool-grad.ts';
import { broadcastProducts } from '../common/broadcast-products.ts';
import { correctCommon } from '../common/corrections.ts';
import { denseBincount } from '../common/dense-bincount.ts';
import { correctPresentKernels } from '../corrections.ts';
import { maxPool3DGrad } from './max-pool3d-grad.ts';
import { tensorScatterUpdate } from './tensor-scatter-update.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/**
 * Registers the corrected kernels for the JavaScript backend, if that is registered. Calling it twice changes
 * nothing.
 */
export function correctCpu(): void {
  correctPresentKernels('cpu', [
    ...broadcastProducts,
    ...avgPoolGrad,
    ...denseBincount,
    ...maxPool3DGrad,
    ...tensorScatterUpdate,
    ...unsortedSegmentSum,
  ]);
  correctCommon('cpu');
}
