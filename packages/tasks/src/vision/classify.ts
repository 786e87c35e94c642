import { dispose, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** Number of images that are on the device at a time. */
const CHUNK = 500;

/** Mean cross-entropy in nats, and accuracy: the fraction of images whose label has the largest output. */
export interface Classification {
  readonly crossEntropy: number;
  readonly accuracy: number;
}

/**
 * Classifies images, in one way or in several. For each way, `outputs` gives the logits of
 * the chosen images, [chosen, classes], and `labels` holds the right class of every image. Means are in
 * float64.
 */
export async function classify<const Labels extends readonly ArrayLike<number>[]>(
  labels: Labels,
  examples: Int32Array,
  outputs: (chosen: Int32Array) => { [Kind in keyof Labels]: Tensor2D },
): Promise<{ [Kind in keyof Labels]: Classification }> {
  const sums = labels.map(() => ({ crossEntropy: 0, correct: 0 }));
  for (let start = 0; start < examples.length; start += CHUNK) {
    const chosen = examples.subarray(start, start + CHUNK);
    const logits = tidy(() => outputs(chosen) as readonly Tensor2D[] as Tensor2D[]);
    for (const [kind, sum] of sums.entries()) {
      const classes = logits[kind]!.shape[1];
      const values = await logits[kind]!.data();
      for (const [row, example] of chosen.entries()) {
        const own = values.subarray(row * classes, (row + 1) * classes) as Float32Array;
        const largest = Math.max(...own);
        const label = own[labels[kind]![example]!]!;
        const total = own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
        sum.crossEntropy += Math.log(total) + largest - label;
        if (label === largest) sum.correct++;
      }
    }
    dispose(logits);
  }
  return sums.map(({ crossEntropy, correct }) => ({
    crossEntropy: crossEntropy / examples.length,
    accuracy: correct / examples.length,
  })) as { [Kind in keyof Labels]: Classification };
}

/** Classifies images in one way. */
export async function classifyOnce(
  labels: ArrayLike<number>,
  examples: Int32Array,
  outputs: (chosen: Int32Array) => Tensor2D,
): Promise<Classification> {
  const [result] = await classify([labels], examples, (chosen) => [outputs(chosen)]);
  return result;
}
