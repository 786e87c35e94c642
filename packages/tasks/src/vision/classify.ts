import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { LabelledImages } from '../datasets/mnist.ts';
import { imageTensor } from './images.ts';

/** Images that are on the device at a time. */
const CHUNK = 2000;

/** Mean cross-entropy in nats, and the share of images whose label has the largest output. */
export interface Classification {
  readonly crossEntropy: number;
  readonly accuracy: number;
}

/** Classifies the first `count` images; `outputs` gives one logit per class. Means are taken in float64. */
export async function classify(
  data: LabelledImages,
  count: number,
  outputs: (images: Tensor2D) => Tensor2D,
): Promise<Classification> {
  let crossEntropy = 0;
  let correct = 0;
  for (let start = 0; start < count; start += CHUNK) {
    const chosen = Int32Array.from({ length: Math.min(CHUNK, count - start) }, (_, index) => start + index);
    const logits = tidy(() => outputs(imageTensor(data, chosen)));
    const classes = logits.shape[1];
    const values = await logits.data();
    logits.dispose();
    for (const [row, example] of chosen.entries()) {
      const own = values.subarray(row * classes, (row + 1) * classes) as Float32Array;
      const largest = Math.max(...own);
      const label = own[data.labels[example]!]!;
      const total = own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
      crossEntropy += Math.log(total) + largest - label;
      if (label === largest) correct++;
    }
  }
  return { crossEntropy: crossEntropy / count, accuracy: correct / count };
}
