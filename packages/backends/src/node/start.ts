import { setBackend } from '@tensorflow/tfjs-core';
import { type BindingName, load, TENSORFLOW } from './binding.ts';
import { correctTensorFlow } from './corrections.ts';
import { probe } from './probe.ts';

/**
 * Loads the package, after a test that it works here, and makes its backend the current one. Throws if it
 * does not work.
 */
export async function start(name: BindingName): Promise<void> {
  const { works, detail, next } = await probe(name);
  if (!works) throw new Error(`${detail}. ${next}`);
  load(name);
  correctTensorFlow();
  await setBackend(TENSORFLOW);
}
