import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward/forward.ts';
import { halved } from '../rows/halved.ts';
import type { Row, StoredRow } from '../rows/kernels.ts';
import { rowSums } from './backward.ts';
import { passesOver } from './kept-gradients.ts';
import type { Passes } from './passes.ts';

/** The passes with all gradients in memory at once, each rounded to float16 as soon as it is there. */
export function halfGradients(forward: Forward, remembered: readonly Row[]): Passes {
  const rows: StoredRow[] = [];
  try {
    for (const sum of rowSums(forward)) rows.push(halved(forward.tape.backward(sum)));
  } catch (error) {
    tf.dispose(rows as tf.Tensor[][]);
    throw error;
  }
  return passesOver(rows, forward, remembered);
}
