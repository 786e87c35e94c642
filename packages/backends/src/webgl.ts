import type { BackendDefinition } from '@scalpel/core';
import { backend, findBackendFactory, setBackend } from '@tensorflow/tfjs-core';
import { correctWebgl } from './webgl/corrections.ts';
import { unpackTextures } from './webgl/packing.ts';
import { tellPrecision } from './webgl/precision.ts';

const NEXT = "Use a browser with WebGL 2, or another backend: 'webgpu' in a browser or in Node, or 'wasm'.";

/** The reason why WebGL does not work here, or undefined. */
function obstacle(): string | undefined {
  if (!('OffscreenCanvas' in globalThis || 'document' in globalThis))
    return 'WebGL is there in browsers alone.';
  if (findBackendFactory('webgl') === null)
    return "The webgl backend is not registered: import '@tensorflow/tfjs' first.";
  return undefined;
}

/**
 * Starts the WebGL backend of '@tensorflow/tfjs', with corrections, and makes it the current TensorFlow.js
 * backend. It works in browsers only. Throws outside of a browser, if '@tensorflow/tfjs' was not imported, or
 * if WebGL does not start.
 */
export async function startWebgl(): Promise<void> {
  const reason = obstacle();
  if (reason !== undefined) throw new Error(`${reason} ${NEXT}`);
  correctWebgl();
  unpackTextures();
  if (!(await setBackend('webgl'))) throw new Error(`WebGL did not start (see the warning above). ${NEXT}`);
  tellPrecision(backend());
}

export const webgl: BackendDefinition = {
  id: 'webgl',
  title: 'WebGL',
  summary: "The GPU in a browser without WebGPU, by TensorFlow.js's own backend.",
  version: 2,
  probe: async () => {
    const detail = obstacle();
    return detail === undefined
      ? { works: true, detail: "the browser's WebGL 2" }
      : { works: false, detail, next: NEXT };
  },
  start: startWebgl,
};
