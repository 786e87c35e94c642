import { Cast, Floor, FloorDiv, RealDiv } from '@tensorflow/tfjs-core';
import { corrections, run } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

/** The stock kernel rounds floats to whole numbers before it divides them. */
export const floorDiv: readonly Correction[] = corrections<object>(
  [FloorDiv],
  (stock, _kernelName, backendName) => (call) => {
    const { a, b } = call.inputs;
    if (a!.dtype !== 'float32' || b!.dtype !== 'float32') return stock(call);
    const { backend } = call;
    const quotient = run(RealDiv, { a: a!, b: b! }, {}, backendName, backend);
    const whole = run(Floor, { x: quotient }, {}, backendName, backend);
    const result = run(Cast, { x: whole }, { dtype: 'int32' }, backendName, backend);
    for (const { dataId } of [quotient, whole]) backend.disposeData(dataId);
    return result;
  },
);
