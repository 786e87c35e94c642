import { finiteNumber, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import type { NumberOption, OptionalNumber } from '../number-option.ts';
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

export const validationOption: { readonly validation: OptionalNumber } = {
  validation: v.optional(wholeNumber(1)),
};

export const trainingOptions: Record<'epochs' | 'batch' | 'images' | 'rate', NumberOption> &
  typeof validationOption &
  typeof regularisationOptions = {
  epochs: v.optional(wholeNumber(1), 20),
  batch: v.optional(wholeNumber(1), 256),
  images: v.optional(v.pipe(wholeNumber(1), v.maxValue(59_946)), 59_946),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.1),
  ...validationOption,
  ...regularisationOptions,
};

/** True if at least as many images as a batch has are left for training. */
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

export const TOO_FEW_IMAGES = 'Must be at most the number of images that train';
