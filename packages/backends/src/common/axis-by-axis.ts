import { Identity, PadV2, Reverse, type TensorInfo, Tile, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled, type Kernel, run } from './kernel.ts';

/** How a kernel is run along one axis of a tensor with three axes. */
interface Steps<Attributes> {
  readonly kernelName: string;
  /** The axes along which something changes. */
  readonly axes: (attrs: Attributes, shape: number[]) => number[];
  /**
   * The attributes for a tensor with three axes that do along its middle axis what `attrs` do along `axis`.
   */
  readonly along: (attrs: Attributes, axis: number) => Attributes;
}

/**
 * Stock kernels on a GPU take at most four axes. With five or more they read wrong elements, do not compile,
 * refuse the tensor, or read it back at once. This correction handles one axis after the other. It merges all
 * axes before that axis into one, and all axes after it into another.
 */
export function axisByAxis<Attributes>({ kernelName, axes, along }: Steps<Attributes>): Correction[] {
  const create =
    (stock: Kernel<Attributes>, _kernelName: string, backendName: string): Kernel<Attributes> =>
    (call) => {
      const x = call.inputs.x!;
      if (x.shape.length <= 4) return stock(call);
      let result: TensorInfo = x;
      for (const axis of axes(call.attrs, x.shape)) {
        const { shape } = result;
        const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)] as const;
        const rows = [util.sizeFromShape(before), shape[axis]!, util.sizeFromShape(after)];
        const next = stock({
          ...call,
          inputs: { x: { ...result, shape: rows } },
          attrs: along(call.attrs, axis),
        });
        if (result !== x) call.backend.disposeData(result.dataId);
        result = { ...next, shape: [...before, next.shape[1]!, ...after] };
      }
      return result === x ? run(Identity, { x }, {}, backendName, call.backend) : result;
    };
  return corrections<Attributes>([kernelName], create);
}

interface Padding {
  readonly paddings: readonly (readonly [number, number])[];
  readonly constantValue: number;
}

interface Reversal {
  readonly dims: number | readonly number[];
}

interface Repetition {
  readonly reps: readonly number[];
}

const pad = axisByAxis<Padding>({
  kernelName: PadV2,
  axes: ({ paddings }) => [...paddings.keys()].filter((axis) => paddings[axis]!.some((count) => count !== 0)),
  along: (attrs, axis) => ({ ...attrs, paddings: [[0, 0], attrs.paddings[axis]!, [0, 0]] }),
});

const reverse = axisByAxis<Reversal>({
  kernelName: Reverse,
  axes: ({ dims }, shape) => util.parseAxisParam(dims as number[], shape),
  along: () => ({ dims: [1] }),
});

const tile = axisByAxis<Repetition>({
  kernelName: Tile,
  axes: ({ reps }) => [...reps.keys()].filter((axis) => reps[axis] !== 1),
  along: ({ reps }, axis) => ({ reps: [1, reps[axis]!, 1] }),
});

/** Repeating a tensor without elements gives a tensor without elements. */
const empty = corrections<Repetition>([Tile], (stock) => (call) => {
  const { dtype, shape } = call.inputs.x!;
  const after = shape.map((length, axis) => length * call.attrs.reps[axis]!);
  return after.includes(0) ? filled(after, dtype, 0, call.backend) : stock(call);
});

export const ofAnyRank: readonly Correction[] = [...pad, ...reverse, ...tile, ...empty];
