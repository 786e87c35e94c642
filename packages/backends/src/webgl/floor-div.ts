import { Cast, Floor, FloorDiv, RealDiv } from '@tensorflow/tfjs-core';
import { mendings, run } from '../every/kernel.ts';
import type { Mending } from '../mend.ts';

/** The stock kernel rounds floats to whole numbers before it divides them. */
export const floorDiv: readonly Mending[] = mendings<object>(
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
