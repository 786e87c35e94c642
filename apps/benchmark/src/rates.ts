import * as tf from '@tensorflow/tfjs';

/** The speed of a backend at the basic operations of training. */
export interface Rates {
  /** Bytes read and written by an element-wise kernel, per second. */
  readonly copyBytesPerSecond: number;
  /** Multiplications and additions of a square matrix product, per second. */
  readonly matrixProductPerSecond: number;
}

/**
 * The least milliseconds for one repetition. Sizes grow until it takes that long, so that the time of the
 * call itself does not matter.
 */
const LONG = 5;
const REPETITIONS = 5;

/**
 * Measures the current backend in a second or two: the best of a few repetitions. Each waits until the device
 * has finished.
 */
export async function measureRates(): Promise<Rates> {
  const copy = await growing(2 ** 20, 2 ** 26, async (elements) => {
    const x = tf.ones([elements]);
    const best = await fastest(() => tf.neg(x));
    x.dispose();
    return best;
  });
  const product = await growing(128, 4096, async (size) => {
    const x = tf.fill([size, size], 1 / size);
    const best = await fastest(() => tf.matMul(x, x));
    x.dispose();
    return best;
  });
  return {
    copyBytesPerSecond: (1000 * 8 * copy.size) / copy.milliseconds,
    matrixProductPerSecond: (1000 * 2 * product.size ** 3) / product.milliseconds,
  };
}

async function growing(first: number, last: number, measure: (size: number) => Promise<number>) {
  let size = first;
  let milliseconds = await measure(size);
  while (milliseconds < LONG && size < last) {
    size *= 2;
    milliseconds = await measure(size);
  }
  return { size, milliseconds };
}

async function fastest(compute: () => tf.Tensor): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  // The first repetition compiles.
  for (let repetition = 0; repetition <= REPETITIONS; repetition++) {
    const start = performance.now();
    const result = compute();
    const probe = tf.tidy(() => tf.slice(tf.reshape(result, [result.size]), 0, 1));
    await probe.data();
    if (repetition > 0) best = Math.min(best, performance.now() - start);
    tf.dispose([result, probe]);
  }
  return best;
}
