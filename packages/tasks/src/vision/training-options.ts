import { z } from 'zod';

/** The length and the data of training, for the tasks on Fashion-MNIST. */
export interface TrainingOptions {
  /** Passes over the training images. Default 20. */
  readonly epochs?: number;
  /** Images per step. Default 256. */
  readonly batch?: number;
  /**
   * Number of training images, and the largest number of test images. The first ones are taken. Default
   * 59,946, all of them.
   */
  readonly images?: number;
  /** Learning rate after the warm-up. Default 0.1. */
  readonly rate?: number;
}

export const trainingOptions: Record<'epochs' | 'batch' | 'images', z.ZodDefault<z.ZodInt>> & {
  readonly rate: z.ZodDefault<z.ZodNumber>;
} = {
  epochs: z.int().positive().default(20),
  batch: z.int().positive().default(256),
  images: z.int().positive().max(59_946).default(59_946),
  rate: z.number().positive().default(0.1),
};

/** A refinement of the schema: there must be at least as many images as a batch has. */
export function enoughImages({
  batch,
  images,
}: {
  readonly batch: number;
  readonly images: number;
}): boolean {
  return batch <= images;
}

export const tooFewImages: { path: string[]; error: string } = {
  path: ['batch'],
  error: 'Must be at most the number of images',
};
