import { z } from 'zod';
import { type RegularisationOptions, regularisationOptions } from '../regularisation.ts';

/** The length and the data of training, for the tasks on Fashion-MNIST. */
export interface TrainingOptions extends ValidationOption, RegularisationOptions {
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

/** The number of images that are held out of training. */
export interface ValidationOption {
  /** Number of `images` that are held out of training, to choose settings by. The same for all seeds. Default: none. */
  readonly validation?: number | undefined;
}

export const validationOption: { readonly validation: z.ZodOptional<z.ZodInt> } = {
  validation: z.int().positive().optional(),
};

export const trainingOptions: Record<'epochs' | 'batch' | 'images', z.ZodDefault<z.ZodInt>> & {
  readonly rate: z.ZodDefault<z.ZodNumber>;
} & typeof validationOption &
  typeof regularisationOptions = {
  epochs: z.int().positive().default(20),
  batch: z.int().positive().default(256),
  images: z.int().positive().max(59_946).default(59_946),
  rate: z.number().positive().default(0.1),
  ...validationOption,
  ...regularisationOptions,
};

/** A refinement of the schema: at least as many images as a batch has must be left for training. */
export function enoughImages({
  batch,
  images,
  validation = 0,
}: {
  readonly batch: number;
  readonly images: number;
  readonly validation?: number | undefined;
}): boolean {
  return batch <= images - validation;
}

export const tooFewImages: { path: string[]; error: string } = {
  path: ['batch'],
  error: 'Must be at most the number of images that train',
};
