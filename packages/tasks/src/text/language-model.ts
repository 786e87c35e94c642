import { checkOptions, cosineSchedule, randomFrom, type Task, type TaskDefinition } from '@scalpel/core';
import {
  reshape,
  type Scalar,
  slice,
  type Tensor1D,
  type Tensor2D,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Text } from '../datasets/texts.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';
import { createTransformer, type Transformer } from './transformer.ts';
import { evenStarts, randomWindows, windowsFrom } from './windows.ts';

/*
 *   speeches   cross-entropy of the next byte in State of the Union addresses
 *   novel      the same in the first 64 KiB of Moby-Dick
 *
 * Both are in nats per byte, with one transformer that reads bytes. The task follows arXiv 2402.02998,
 * section 3 and figures 5a, 6 and 7. There the main text is c4 and the auxiliary one is RCV-1. Its
 * transformer has 12 layers, 8 heads, width 256 and 1024 in between; it is trained on batches of 128 windows
 * of each text, with Adam at 2e-3, for 300,000 steps.
 */

const ID = 'language-model';
const RATE = 2e-3;
/** Number of windows that are evaluated in each part of each text, evenly spaced. */
const EVALUATED = 256;
/** Number of these windows that are on the device at a time. */
const CHUNK = 32;

/**
 * Windows of each text, [batch, context + 1], int32. The model predicts each byte from the bytes before it.
 */
export type TextBatch = { readonly speeches: Tensor2D; readonly novel: Tensor2D };

export interface LanguageModelOptions {
  /** Number of layers, 1 to 100. Default 2. */
  readonly layers?: number;
  /** Attention heads per layer. The width must be a multiple of it. Default 4. */
  readonly heads?: number;
  /** Size of the embedding. Default 96. */
  readonly width?: number;
  /** Units between the two matrices that follow attention in each layer. Default 384. */
  readonly feedForward?: number;
  /** Number of bytes that the network sees. Default 64. */
  readonly context?: number;
  /** Windows of each text in a step. Default 32. */
  readonly batch?: number;
  /**
   * Number of steps. The learning rate rises over the first twentieth and then falls to 0 as a cosine.
   * Default 5000.
   */
  readonly steps?: number;
}

const schema = z
  .strictObject({
    layers: z.int().positive().max(100).default(2),
    heads: z.int().positive().default(4),
    width: z.int().positive().default(96),
    feedForward: z.int().positive().default(384),
    context: z.int().positive().max(4096).default(64),
    batch: z.int().positive().default(32),
    steps: z.int().positive().default(5000),
  })
  .refine(({ width, heads }) => width % heads === 0, {
    path: ['width'],
    error: 'Must be a multiple of the number of heads',
  });

export async function languageModel(options: LanguageModelOptions = {}, seed = 0): Promise<Task<TextBatch>> {
  const { batch, steps, ...shape } = checkOptions(ID, schema, options);
  // This module is loaded here because only this part needs a file system.
  const { texts } = await import('../datasets/texts.ts');
  const { speeches, novel } = texts();
  const network = createTransformer(ID, shape, seed);
  const length = shape.context + 1;
  const drawn = ({ train }: Text, step: number, which: number) =>
    randomWindows(train, batch, length, randomFrom(seed, STREAM.order, step, which));
  return {
    objectives: [
      { name: 'speeches', priority: 0, loss: ({ speeches }) => lossOn(speeches, network) },
      { name: 'novel', priority: 1, loss: ({ novel }) => lossOn(novel, network) },
    ],
    variables: network.variables,
    optimizer: () => train.adam(RATE),
    schedule: cosineSchedule({ rate: RATE, steps, warmup: Math.round(0.05 * steps) }),
    steps,
    stepsPerEpoch: steps,
    batch: (step) => ({ speeches: drawn(speeches, step, 0), novel: drawn(novel, step, 1) }),
    evaluate: async () => ({
      train: {
        speeches: await meanLoss(speeches.train, length, network),
        novel: await meanLoss(novel.train, length, network),
      },
      test: {
        speeches: await meanLoss(speeches.test, length, network),
        novel: await meanLoss(novel.test, length, network),
      },
    }),
    dispose: () => network.dispose(),
  };
}

/** The mean loss over all bytes of the windows except the first byte of each. */
function lossOn(windows: Tensor2D, network: Transformer): Scalar {
  const [count, length] = windows.shape;
  const context = length - 1;
  const next: Tensor1D = reshape(slice(windows, [0, 1], [count, context]), [count * context]);
  return sparseCrossEntropy(network.logits(slice(windows, [0, 0], [count, context])), next);
}

/** The mean loss over windows that are always the same. */
async function meanLoss(bytes: Uint8Array, length: number, network: Transformer): Promise<number> {
  const starts = evenStarts(bytes, EVALUATED, length);
  let sum = 0;
  for (let start = 0; start < starts.length; start += CHUNK) {
    const chosen = starts.slice(start, start + CHUNK);
    const loss = tidy(() => lossOn(windowsFrom(bytes, chosen, length), network));
    sum += chosen.length * (await loss.data())[0]!;
    loss.dispose();
  }
  return sum / starts.length;
}

export const languageModelDefinition: TaskDefinition = {
  id: ID,
  title: 'Language model',
  summary:
    'A transformer over bytes that should predict speeches first, and second a novel that is short enough to be learned by heart.',
  paper: bloopPaper,
  version: 1,
  objectives: ['speeches', 'novel'],
  options: schema,
  create: languageModel,
};
