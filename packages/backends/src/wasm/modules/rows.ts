import { SymmetricMatrix } from '@scalpel/core';
import type { Column, Combination, HalfTensor, RowKernels } from '@scalpel/core/rows';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { engine, Tensor } from '@tensorflow/tfjs-core';
import { renumber } from '../in-place.ts';
import { addressOf, instantiate, Scratch } from './heap.ts';
import { module } from './rows-module.ts';
import { storedRows } from './stored-rows.ts';

/** The functions of `assembly/rows.as`, which describes them. */
interface Functions {
  gram(rows: number, size: number, length: number, products: number): void;
  map(
    count: number,
    results: number,
    terms: number,
    rows: number,
    coefficients: number,
    length: number,
    scratch: number,
  ): void;
  mapScratch(count: number): number;
}

/** The passes over rows in WebAssembly, in float64, on the tensors in place. */
export async function wasmRowKernels(backend: BackendWasm): Promise<RowKernels> {
  const functions = await instantiate<Functions>(backend, module);
  const stored = await storedRows(backend);
  const scratch = new Scratch(backend);
  const address = (tensor: Tensor) => addressOf(backend, tensor);

  function gramian(column: Column): SymmetricMatrix {
    const present = column.flatMap((tensor, row) => (tensor !== null && tensor.size > 0 ? [row] : []));
    const first = present[0];
    if (first === undefined) return SymmetricMatrix.from(column.length, () => 0);
    const size = threefold(present.length);
    const all = Array.from({ length: size }, (_, index) => column[present[index] ?? first]!);
    const products = scratch.reserve(8 * size ** 2 + 4 * size + stored.room(all));
    const rows = products + 8 * size ** 2;
    const values = new Float64Array(scratch.buffer, products, size ** 2).fill(0);
    for (const { length, addresses } of stored.ranges(all, column[first]!.size, rows + 4 * size)) {
      new Uint32Array(scratch.buffer, rows, size).set(addresses);
      functions.gram(rows, size, length, products);
    }
    if (present.length === column.length) {
      return SymmetricMatrix.from(column.length, (i, j) => values[i * size + j]!);
    }
    const position = column.map((_, row) => present.indexOf(row));
    return SymmetricMatrix.from(column.length, (i, j) =>
      position[i]! < 0 || position[j]! < 0 ? 0 : values[position[i]! * size + position[j]!]!,
    );
  }

  function combined({ column, coefficients, spent }: Combination): (Tensor | null)[] {
    const sums = coefficients.map((list) =>
      list.flatMap((coefficient, row) => {
        const tensor = column[row] ?? null;
        return coefficient === 0 || tensor === null ? [] : [{ coefficient, tensor }];
      }),
    );
    // A result may replace a row that is used up if no other tensor has the same data.
    const free = column.filter(
      (tensor, row): tensor is Tensor =>
        tensor instanceof Tensor && row < spent && backend.refCount(tensor.dataId) === 1,
    );
    const results = sums.map(([first]) =>
      first === undefined ? null : (reused(free.shift()) ?? fresh(first.tensor.shape)),
    );
    write(
      sums.filter((terms) => terms.length > 0),
      results.filter((tensor) => tensor !== null),
    );
    for (const tensor of column.slice(0, spent)) if (!results.includes(tensor as Tensor)) tensor?.dispose();
    return results;
  }

  function write(sums: readonly (readonly Term[])[], results: readonly Tensor[]): void {
    const size = results[0]?.size ?? 0;
    if (size === 0) return;
    const filled = sums.map(padded);
    const terms = filled.flat();
    const tensors = terms.map(({ tensor }) => tensor);
    const work = functions.mapScratch(results.length);
    const place = scratch.reserve(work + 12 * terms.length + 8 * results.length + stored.room(tensors));
    const coefficientsAt = place + work;
    const rowsAt = coefficientsAt + 8 * terms.length;
    const resultsAt = rowsAt + 4 * terms.length;
    const termsAt = resultsAt + 4 * results.length;
    const { buffer } = scratch;
    new Float64Array(buffer, coefficientsAt, terms.length).set(terms.map(({ coefficient }) => coefficient));
    new Uint32Array(buffer, termsAt, results.length).set(filled.map((sum) => sum.length));
    for (const range of stored.ranges(tensors, size, termsAt + 4 * results.length)) {
      new Uint32Array(buffer, rowsAt, terms.length).set(range.addresses);
      new Uint32Array(buffer, resultsAt, results.length).set(
        results.map((tensor) => address(tensor) + 4 * range.start),
      );
      functions.map(results.length, resultsAt, termsAt, rowsAt, coefficientsAt, range.length, place);
    }
  }

  function reused(tensor: Tensor | undefined): Tensor | undefined {
    if (tensor !== undefined) renumber(tensor, backend);
    return tensor;
  }

  function fresh(shape: number[]): Tensor {
    return engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
  }

  return {
    async gram(columns, losses) {
      return {
        byVariable: columns.map(gramian),
        // Products of float32 numbers are exact in float64, so only the sums are rounded.
        precision: 1e-16,
        scalars: losses.flatMap((loss) => [...loss.dataSync()]),
      };
    },
    map: (combinations) => combinations.map(combined),
    isExact: true,
    halve: stored.halve,
  };
}

interface Term {
  readonly coefficient: number;
  readonly tensor: Tensor | HalfTensor;
}

/** The kernels take three rows at a time. */
function threefold(count: number): number {
  return 3 * Math.ceil(count / 3);
}

function padded(terms: readonly Term[]): Term[] {
  const missing = threefold(terms.length) - terms.length;
  return [...terms, ...Array.from({ length: missing }, () => ({ ...terms[0]!, coefficient: 0 }))];
}
