import { exponentOf, HalfTensor } from '@scalpel/core/rows';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { engine, scalar, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { module } from './half-module.ts';
import { addressOf, instantiate } from './heap.ts';

/** The functions of `assembly/half.as`, which describes them. */
interface Functions {
  largest(from: number, length: number): number;
  halve(from: number, to: number, length: number, factor: number): void;
  unhalve(from: number, to: number, length: number): void;
}

/** The number of elements of each float16 row that are widened at a time. They stay in the cache. */
const PIECE = 8192;

/** A part of all rows: `length` elements from `start` on, and where those of each row are in float32. */
interface Range {
  readonly start: number;
  readonly length: number;
  readonly addresses: readonly number[];
}

/** Access to rows in float32 and float16, in the memory of the backend. */
export interface StoredRows {
  /** The bytes of scratch memory that `ranges` needs. */
  room(rows: readonly (Tensor | HalfTensor)[]): number;
  /** All elements of the rows, range by range. The next range overwrites widened elements of the last. */
  ranges(rows: readonly (Tensor | HalfTensor)[], length: number, room: number): Iterable<Range>;
  halve(tensor: Tensor): HalfTensor;
}

export async function storedRows(backend: BackendWasm): Promise<StoredRows> {
  const functions = await instantiate<Functions>(backend, module);
  const address = (tensor: Pick<TensorInfo, 'dataId'>) => addressOf(backend, tensor);
  return {
    room: (rows) => 4 * PIECE * halvesIn(rows).length,
    *ranges(rows, length, room) {
      const halves = halvesIn(rows);
      const step = halves.length > 0 ? PIECE : length;
      for (let start = 0; start < length; start += step) {
        const count = Math.min(step, length - start);
        const places = new Map(halves.map((half, index) => [half, room + 4 * PIECE * index]));
        for (const [{ words }, place] of places) functions.unhalve(address(words) + 2 * start, place, count);
        const addresses = rows.map((row) =>
          row instanceof HalfTensor ? places.get(row)! : address(row) + 4 * start,
        );
        yield { start, length: count, addresses };
      }
    },
    halve(tensor) {
      const { size } = tensor;
      const largest = functions.largest(address(tensor), size);
      const words = engine().makeTensorFromTensorInfo(backend.makeOutput([Math.ceil(size / 2)], 'int32'));
      functions.halve(address(tensor), address(words), size, 2 ** -exponentOf(largest));
      return new HalfTensor(tensor, words, scalar(largest));
    },
  };
}

function halvesIn(rows: readonly (Tensor | HalfTensor)[]): HalfTensor[] {
  return [...new Set(rows)].filter((row) => row instanceof HalfTensor);
}
