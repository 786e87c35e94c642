import { avgPoolGrad } from '../every/avg-pool-grad.ts';
import { broadcastProducts } from '../every/broadcast-products.ts';
import { denseBincount } from '../every/dense-bincount.ts';
import { mendEvery } from '../every/mend.ts';
import { mendPresent } from '../mend.ts';
import { maxPool3DGrad } from './max-pool3d-grad.ts';
import { tensorScatterUpdate } from './tensor-scatter-update.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Registers the mended kernels for the JavaScript backend, where that is there. Doing it twice changes nothing. */
export function mendCpu(): void {
  mendPresent('cpu', [
    ...broadcastProducts,
    ...avgPoolGrad,
    ...denseBincount,
    ...maxPool3DGrad,
    ...tensorScatterUpdate,
    ...unsortedSegmentSum,
  ]);
  mendEvery('cpu');
}
