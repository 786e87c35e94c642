import type { GramianCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { decoded } from '../checkpoint/safetensors.ts';

/** A handler that keeps its data in memory, as IndexedDB would. */
export interface MemoryStore extends Required<tf.io.IOHandler> {
  change(edit: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void;
  /** The names of the stored tensors. */
  names(): string[];
  readonly saves: number;
}

export function memoryStore(): MemoryStore {
  let bytes: Uint8Array<ArrayBuffer> | null = null;
  let saves = 0;
  return {
    save: async ({ weightData }) => {
      bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData).slice(0));
      saves++;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
    load: async () => {
      if (bytes === null) throw new Error('nothing is stored');
      return { weightData: bytes.slice().buffer };
    },
    change: (edit) => {
      bytes = edit(bytes!.slice());
    },
    names: () => [...decoded(bytes!).tensors.keys()],
    get saves() {
      return saves;
    },
  };
}

/**
 * A combiner with every kind of state that lasts from step to step: averages of gradients, memory, random
 * numbers and the epoch.
 */
export function remembering(): GramianCombiner<{
  readonly drawn: number;
  readonly epochs: readonly number[];
}> {
  return {
    name: 'remembering',
    needs: 'gramian',
    remembers: () => 1,
    init: () => ({ drawn: 0, epochs: [] }),
    combine: ({ gramian, random, memory, epoch }) => {
      const gradients = gramian.size - 1;
      const average = [...Array(gradients).fill(0.1), 0.9];
      const factor = 0.5 + random();
      return {
        coefficients: [...Array(gradients).fill(factor), 0.3],
        remember: [average],
        memory: { drawn: memory.drawn + factor, epochs: [...memory.epochs, epoch] },
      };
    },
  };
}
