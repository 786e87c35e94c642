import type { RowKernels } from '@scalpel/core/rows';
import type { WatchedBackend } from '../backend.ts';
import { gram } from './gram.ts';
import { halve } from './halve.ts';
import { map } from './map.ts';

/** The passes over rows in WGSL, on the tensors in place. */
export function webgpuRowKernels(backend: WatchedBackend): RowKernels {
  return {
    gram: (columns, losses) => gram(backend, columns, losses),
    map: (combinations) => map(backend, combinations),
    halve: (tensor) => halve(backend, tensor),
  };
}
