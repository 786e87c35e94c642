import { correctPresentKernels } from '../corrections.ts';
import { correctGradients } from '../gradients/corrections.ts';
import { emptyArgMax } from './empty-arg-max.ts';
import { emptyReductions } from './empty-reductions.ts';
import { emptyResults } from './empty-results.ts';
import { floatValued } from './float-valued.ts';
import { numberPadding } from './number-padding.ts';
import { samePadding3D } from './same-padding-3d.ts';
import { scans } from './scans.ts';
import { stridedSlice } from './strided-slice.ts';

/**
 * Corrects what TensorFlow.js computes wrongly on every backend. Call it after the corrections of the backend
 * itself. Calling it twice changes nothing.
 */
export function correctCommon(backendName: string): void {
  correctGradients();
  correctPresentKernels(backendName, [
    ...emptyArgMax,
    ...emptyReductions,
    ...emptyResults,
    ...floatValued,
    ...numberPadding,
    ...samePadding3D,
    ...scans,
    ...stridedSlice,
  ]);
}
