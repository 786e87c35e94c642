import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../said.ts';
import { putBack, taken } from './plain.ts';
import { decoded, encoded, type FileTensor } from './safetensors.ts';

/**
 * The place of a checkpoint: 'file://…' (in Node, with '@scalpel/layers/node'), 'indexeddb://…' or anything
 * else that `model.save` takes.
 */
export type CheckpointStore = string | tf.io.IOHandler;

/** The `format` that handlers receive. It marks one plain file that is no model. */
export const FORMAT = 'safetensors';

/** Plain data by name. It may hold tensors at any depth. */
export type Parts = Readonly<Record<string, unknown>>;

/** Writes plain data with its tensors, as one file in the format safetensors. */
export async function write(owner: string, to: CheckpointStore, parts: Parts): Promise<void> {
  const tensors = new Map<string, FileTensor>();
  const texts = Object.entries(parts).map(([name, data]) => [name, taken(data, tensors)]);
  const bytes = encoded({ texts: Object.fromEntries(texts), tensors });
  const { save } = handlerOf(owner, to, 'save');
  try {
    await save({
      modelTopology: {},
      format: FORMAT,
      weightSpecs: [{ name: FORMAT, shape: [bytes.length / 4], dtype: 'int32' }],
      weightData: bytes.buffer,
    });
  } catch (error) {
    throw new Error(`${owner}: ${placeOf(to)} could not be written: ${messageOf(error)}`, { cause: error });
  }
}

export async function read(owner: string, from: CheckpointStore): Promise<Parts> {
  const { load } = handlerOf(owner, from, 'load');
  try {
    const { weightData = new ArrayBuffer(0) } = await load();
    const { texts, tensors } = decoded(new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
    const { checksum: _, ...parts } = texts;
    return Object.fromEntries(Object.entries(parts).map(([name, json]) => [name, putBack(json, tensors)]));
  } catch (error) {
    throw new Error(`${owner}: ${placeOf(from)} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

type Handler = Required<Pick<tf.io.IOHandler, 'save' | 'load'>>;

function handlerOf(owner: string, store: CheckpointStore, use: 'save' | 'load'): Handler {
  const handler = typeof store === 'string' ? registered(owner, store, use) : store;
  if (typeof handler?.[use] !== 'function') {
    throw new Error(
      `${owner}: ${placeOf(store)} has no \`${use}\`. Give a URL such as 'indexeddb://name', or a handler with that function.`,
    );
  }
  return { [use]: handler[use].bind(handler) } as Handler;
}

function registered(owner: string, url: string, use: 'save' | 'load'): tf.io.IOHandler {
  const handlers = use === 'save' ? tf.io.getSaveHandlers(url) : tf.io.getLoadHandlers(url);
  if (handlers.length === 1) return handlers[0]!;
  if (handlers.length > 1) {
    throw new Error(
      `${owner}: ${handlers.length} packages have a handler for ${url}. Give the handler itself.`,
    );
  }
  const isFile = url.startsWith('file://');
  throw new Error(
    `${owner}: nothing here can ${use} ${url}. ` +
      (isFile
        ? "In Node, import '@scalpel/layers/node' first; a browser has no files."
        : "Give a URL such as 'file://run.safetensors' or 'indexeddb://run'."),
  );
}

function placeOf(store: CheckpointStore): string {
  return typeof store === 'string' ? store : 'the checkpoint of the handler';
}
