import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { tellPrecision } from './precision.ts';

afterEach(() => tf.env().reset());

test.each([
  [true, 32, 1e-7],
  [false, 16, 1e-4],
])('textures of whole floats: %s: %i bits, epsilon %d', (hasFloats, bits, epsilon) => {
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', hasFloats);
  // The stock backend says 16 in either case.
  class Stock extends tf.KernelBackend {
    override floatPrecision(): 16 | 32 {
      return 16;
    }
  }
  const backend = new Stock();
  tellPrecision(backend);
  expect(backend.floatPrecision()).toBe(bits);
  expect(backend.epsilon()).toBe(epsilon);
});
