import { startWasm, startWebgl, startWebgpu } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { train } from '../train.js';

const start = {
  wasm: () => startWasm({ binary: simd }),
  webgl: startWebgl,
  webgpu: startWebgpu,
};

export async function trainOn(backend) {
  await start[backend]();
  return { ...(await train(20)), backend: tf.getBackend() };
}
