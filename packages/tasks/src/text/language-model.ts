import {
  checkOptions,
  cosineSchedule,
  finiteNumber,
  randomFrom,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import {
  reshape,
  type Scalar,
  slice,
  type Tensor1D,
  type Tensor2D,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { Text } from '../datasets/texts.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { type RegularisationOptions, regularisationOptions, withDecay } from '../regularisation.ts';
import { evaluateParts, type Parts, pairedParts } from '../splits.ts';
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

export interface LanguageModelOptions extends Pick<RegularisationOptions, 'weightDecay'> {
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
  /**
   * Share of the training part of each text that is held out of training, to choose settings by: its end.
   * Default: none.
   */
  readonly validation?: number | undefined;
}

const schema = v.pipe(
  v.strictObject({
    layers: v.optional(v.pipe(wholeNumber(1), v.maxValue(100)), 2),
    heads: v.optional(wholeNumber(1), 4),
    width: v.optional(wholeNumber(1), 96),
    feedForward: v.optional(wholeNumber(1), 384),
    context: v.optional(v.pipe(wholeNumber(1), v.maxValue(4096)), 64),
    batch: v.optional(wholeNumber(1), 32),
    steps: v.optional(wholeNumber(1), 5000),
    validation: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(0.5))),
    weightDecay: regularisationOptions.weightDecay,
  }),
  v.forward(
    v.check(({ width, heads }) => width % heads === 0, 'Must be a multiple of the number of heads'),
    ['width'],
  ),
);

export async function languageModel(options: LanguageModelOptions = {}, seed = 0): Promise<Task<TextBatch>> {
  const { batch, steps, validation, weightDecay, ...shape } = checkOptions(ID, schema, options);
  // This module is loaded here because only this part needs a file system.
  const { texts } = await import('../datasets/texts.ts');
  const all = texts();
  const speeches = withValidation(all.speeches, validation);
  const novel = withValidation(all.novel, validation);
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
    optimizer: () => withDecay(train.adam(RATE), weightDecay, network.variables),
    schedule: cosineSchedule({ rate: RATE, steps, warmup: Math.round(0.05 * steps) }),
    steps,
    stepsPerEpoch: steps,
    batch: (step) => ({ speeches: drawn(speeches, step, 0), novel: drawn(novel, step, 1) }),
    evaluate: (most = EVALUATED) => {
      const windows = { count: Math.min(most, EVALUATED), length };
      return evaluateParts(pairedParts(speeches, novel), async ([ofSpeeches, ofNovel]) => ({
        losses: {
          speeches: await meanLoss(ofSpeeches, windows, network),
          novel: await meanLoss(ofNovel, windows, network),
        },
      }));
    },
    dispose: () => network.dispose(),
  };
}

function withValidation({ train, test }: Text, share: number | undefined): Parts<Uint8Array> {
  if (share === undefined) return { train, validation: null, test };
  const left = Math.floor((1 - share) * train.length);
  return { train: train.subarray(0, left), validation: train.subarray(left), test };
}

/** The mean loss over all bytes of the windows except the first byte of each. */
function lossOn(windows: Tensor2D, network: Transformer): Scalar {
  const [count, length] = windows.shape;
  const context = length - 1;
  const next: Tensor1D = reshape(slice(windows, [0, 1], [count, context]), [count * context]);
  return sparseCrossEntropy(network.logits(slice(windows, [0, 0], [count, context])), next);
}

/** The mean loss over windows that are always the same. */
async function meanLoss(
  bytes: Uint8Array,
  { count, length }: { readonly count: number; readonly length: number },
  network: Transformer,
): Promise<number> {
  const starts = evenStarts(bytes, count, length);
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
