import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { module as adam } from './adam-module.ts';
import { module as blocks } from './blocks-module.ts';
import { module as elementary } from './elementary-module.ts';
import { instantiate, Scratch } from './heap.ts';
import { module as maxPooling } from './max-pooling-module.ts';
import { module as product } from './product-module.ts';
import { module as sums } from './sums-module.ts';

/**
 * The functions of `assembly/*.as` that kernels use, on the memory of one backend. The sources describe them.
 * Addresses and steps are in bytes. Lengths and counts are in float32 elements.
 */
export interface Functions {
  multiply(
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    rows: number,
    columns: number,
    inner: number,
    add: boolean,
    scratch: number,
  ): void;
  /** The address of scratch memory for `multiply`. */
  readonly scratch: number;

  copyRuns(from: number, fromStep: number, to: number, toStep: number, count: number, length: number): void;
  addRuns(from: number, fromStep: number, to: number, toStep: number, count: number, length: number): void;
  transpose(from: number, fromStep: number, to: number, toStep: number, rows: number, columns: number): void;
  clear(to: number, length: number): void;

  exp(from: number, to: number, length: number): void;
  erf(from: number, to: number, length: number): void;
  tanh(from: number, to: number, length: number): void;
  clamp(from: number, to: number, length: number, least: number, most: number): void;

  sumRows(from: number, to: number, rows: number, columns: number): void;
  sumColumns(from: number, to: number, rows: number, columns: number): void;

  addToLargest(
    x: number,
    dx: number,
    dy: number,
    rowStep: number,
    columnStep: number,
    rows: number,
    columns: number,
    channels: number,
  ): void;

  adam(
    value: number,
    firstMoment: number,
    secondMoment: number,
    gradient: number,
    newValue: number,
    newFirstMoment: number,
    newSecondMoment: number,
    length: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
    minusRate: number,
  ): void;
}

const started = new WeakMap<BackendWasm, Functions>();

/** Prepares `functionsOf` for this backend. */
export async function startFunctions(backend: BackendWasm): Promise<void> {
  const modules = [adam, blocks, elementary, maxPooling, product, sums];
  const exported = await Promise.all(modules.map((module) => instantiate<object>(backend, module)));
  const all = Object.assign({}, ...exported) as Functions & { multiplyScratch(): number };
  started.set(backend, { ...all, scratch: new Scratch(backend).reserve(all.multiplyScratch()) });
}

export function functionsOf(backend: BackendWasm): Functions {
  const found = started.get(backend);
  if (found === undefined) {
    throw new Error(
      'The wasm backend was made anew and is not ready for training. Call startWasm() of @scalpel/backends again.',
    );
  }
  return found;
}
