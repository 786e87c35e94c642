import { mendGradients } from '../gradients/mend.ts';
import { mendPresent } from '../mend.ts';
import { emptyPlaces } from './empty-places.ts';
import { emptyReductions } from './empty-reductions.ts';
import { emptyResults } from './empty-results.ts';
import { floatValued } from './float-valued.ts';
import { numberPadding } from './number-padding.ts';
import { samePadding3D } from './same-padding-3d.ts';
import { scans } from './scans.ts';
import { stridedSlice } from './strided-slice.ts';

/** Mends what TensorFlow.js computes wrongly on every backend. Comes after what is mended on this one alone. Doing it twice changes nothing. */
export function mendEvery(backendName: string): void {
  mendGradients();
  mendPresent(backendName, [
    ...emptyPlaces,
    ...emptyReductions,
    ...emptyResults,
    ...floatValued,
    ...numberPadding,
    ...samePadding3D,
    ...scans,
    ...stridedSlice,
  ]);
}
