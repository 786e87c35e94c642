import type { RowKernels } from '@scalpel/core/rows';
import type { WatchedBackend } from '../backend.ts';
import { gram } from './gram.ts';
import { map } from './map.ts';

/** The passes over rows in WGSL, on the tensors in place. */
export function webgpuRowKernels(backend: WatchedBackend): RowKernels {
  return {
    gram: (columns, scalars) => gram(backend, columns, scalars),
    map: (combinations) => map(backend, combinations),
  };
}
