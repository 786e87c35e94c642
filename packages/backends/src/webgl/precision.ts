import { env, type KernelBackend } from '@tensorflow/tfjs-core';

/** Has the backend say what its textures hold. The stock one says 16 bits where it has 32, and optimizers take 1e-4 for 1e-7. */
export function tellPrecision(backend: KernelBackend): void {
  if (env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) backend.floatPrecision = () => 32;
}
