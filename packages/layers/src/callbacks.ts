import { nearest } from '@scalpel/core/nearest';
import {
  Callback,
  CallbackList,
  CustomCallback,
  type CustomCallbackArgs,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import { messageOf } from './said.ts';

/**
 * One callback of TensorFlow.js or a list of them: `tf.callbacks.earlyStopping()`, say, or the result of
 * `tfvis.show.fitCallbacks`.
 */
export type Callbacks = Callback | CustomCallbackArgs | readonly (Callback | CustomCallbackArgs)[];

/** The rhythm in which training gives way to the page, as in `model.fit`: a number is in milliseconds. */
export type YieldEvery = 'auto' | 'batch' | 'epoch' | 'never' | number;

/** The parameters of a training that callbacks receive. The names are those of TensorFlow.js. */
export interface Params {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly samples: number | null;
  readonly steps: number | null;
  readonly batchSize: number | null;
  readonly verbose: number;
  readonly doValidation: boolean;
  readonly metrics: readonly string[];
}

type Logs = Record<string, number>;
type Base = CallbackList['callbacks'][number];

/** Calls all callbacks, one after the other. An error of a callback is thrown with the place it came from. */
export interface CallbackRunner {
  readonly list: readonly Base[];
  train(which: 'onTrainBegin' | 'onTrainEnd'): Promise<void>;
  epoch(which: 'onEpochBegin' | 'onEpochEnd', epoch: number, logs?: Logs): Promise<void>;
  batch(which: 'onBatchBegin' | 'onBatchEnd', batch: number, logs: Logs): Promise<void>;
}

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onYield',
];

export function callbackRunner(
  model: LayersModel,
  given: Callbacks | undefined,
  yieldEvery: YieldEvery,
  params: Params,
): CallbackRunner {
  const own = given === undefined ? [] : Array.isArray(given) ? given : [given];
  // The empty one at the end has no hooks: it gives way to the page while the model trains.
  const all = [...own, {}].map((one, index) => callbackOf(one, index, yieldEvery));
  const list = new CallbackList(all);
  list.setParams({ ...params } as unknown as Parameters<CallbackList['setParams']>[0]);
  list.setModel(model);
  let epochNow: number | null = null;
  const guarded = async (which: string, where: string, call: Promise<void>) => {
    try {
      await call;
    } catch (error) {
      throw new Error(
        `fit: a callback threw in ${which}${where}: ${messageOf(error)} The model is as the last step left it. Mend the callback, and go on with \`initialEpoch\`.`,
        { cause: error },
      );
    }
  };
  return {
    list: all,
    train: (which) => guarded(which, '', list[which]()),
    epoch: (which, epoch, logs = {}) => {
      epochNow = epoch;
      return guarded(which, ` of epoch ${epoch}`, list[which](epoch, logs));
    },
    batch: (which, batch, logs) =>
      guarded(which, ` of epoch ${epochNow}, batch ${batch}`, list[which](batch, logs)),
  };
}

function callbackOf(given: unknown, index: number, yieldEvery: YieldEvery): Base {
  // tfjs-layers 4.22.0 does not export the class that Callback and CustomCallback extend.
  const { prototype } = Object.getPrototypeOf(Callback) as { prototype: object };
  if (typeof given !== 'object' || given === null) {
    throw new Error(
      `callbacks[${index}] is ${String(given)}, but must be a callback or an object with some of ${HOOKS.join(', ')}.`,
    );
  }
  if (Object.prototype.isPrototypeOf.call(prototype, given)) return given as Base;
  for (const [key, value] of Object.entries(given)) {
    const meant = HOOKS.includes(key) ? undefined : nearest(key, HOOKS);
    if (meant)
      throw new Error(`callbacks[${index}] has "${key}", which nobody calls. Did you mean "${meant}"?`);
    if (HOOKS.includes(key) && typeof value !== 'function' && value !== undefined && value !== null) {
      throw new Error(`callbacks[${index}]: ${key} is ${String(value)}, but must be a function.`);
    }
  }
  return new CustomCallback(given as CustomCallbackArgs, yieldEvery);
}
