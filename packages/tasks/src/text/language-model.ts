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
 * in nats a byte, by one transformer that reads bytes. arXiv 2402.02998, section 3 and figures 5a, 6 and 7,
 * where the main text is c4, the auxiliary one RCV-1, and the transformer has 12 layers, 8 heads, width 256
 * and 1024 in between; batches of 128 windows of each, Adam at 2e-3, 300,000 steps.
 */

const ID = 'language-model';
const RATE = 2e-3;
/** Of each part of each text, evenly over it. */
const EVALUATED = 256;
/** Of them that are on the device at a time. */
const CHUNK = 32;

/**
 * Windows of each text, [batch, context + 1], int32: the bytes to predict are those to predict from, one
 * further on.
 */
export type TextBatch = { readonly speeches: Tensor2D; readonly novel: Tensor2D };

export interface LanguageModelOptions {
  /** 1 to 100, default 2. */
  readonly layers?: number;
  /** Of attention in a layer; they divide the width. Default 4. */
  readonly heads?: number;
  /** Default 96. */
  readonly width?: number;
  /** Units between the two matrices of a layer that follow attention, default 384. */
  readonly feedForward?: number;
  /** Bytes that the network sees, default 64. */
  readonly context?: number;
  /** Windows of each text in a step, default 32. */
  readonly batch?: number;
  /** Default 5000. The rate rises over the first twentieth, and falls to 0 as a cosine. */
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
  // Loaded here, for only this part needs a file system.
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

/** Mean over all bytes of the windows but the first of each. */
function lossOn(windows: Tensor2D, network: Transformer): Scalar {
  const [count, length] = windows.shape;
  const context = length - 1;
  const next: Tensor1D = reshape(slice(windows, [0, 1], [count, context]), [count * context]);
  return sparseCrossEntropy(network.logits(slice(windows, [0, 0], [count, context])), next);
}

/** Over windows that are the same each time. */
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
