import { startWebgl, startWebgpu } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import { train } from '../train.js';
import { startInPage } from './start-in-page.js';

const start = {
  wasm: startInPage,
  webgl: startWebgl,
  webgpu: startWebgpu,
};

export async function trainOn(backend) {
  await start[backend]();
  return { ...(await train(20)), backend: tf.getBackend() };
}
