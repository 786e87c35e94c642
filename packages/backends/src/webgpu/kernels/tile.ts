import { Identity, type TensorInfo, Tile, util } from '@tensorflow/tfjs-core';
import { filled, mendings, run } from '../../every/kernel.ts';
import type { Mending } from '../../mend.ts';

interface Attributes {
  readonly reps: readonly number[];
}

/** From five dimensions on, the stock kernel reads the tensor back at once, which Node cannot. Here it is repeated along one axis after the other. */
export const tile: readonly Mending[] = mendings<Attributes>(
  [Tile],
  (stock, _kernelName, backendName) => (call) => {
    const x = call.inputs.x!;
    const { reps } = call.attrs;
    const shape = x.shape.map((length, axis) => length * reps[axis]!);
    const axes = [...reps.keys()].filter((axis) => reps[axis] !== 1);
    if (x.shape.length < 5) return stock(call);
    if (shape.includes(0)) return filled(shape, x.dtype, 0, call.backend);
    if (axes.length === 0) return run(Identity, { x }, {}, backendName, call.backend);
    let result: TensorInfo = x;
    for (const axis of axes) {
      const before = util.sizeFromShape(shape.slice(0, axis));
      const rest = util.sizeFromShape(x.shape.slice(axis));
      const rows = { ...result, shape: [before, 1, rest] };
      const repeated = stock({ ...call, inputs: { x: rows }, attrs: { reps: [1, reps[axis]!, 1] } });
      if (result !== x) call.backend.disposeData(result.dataId);
      result = repeated;
    }
    return { ...result, shape };
  },
);
