import { env, type KernelBackend } from '@tensorflow/tfjs-core';

/**
 * Makes the backend report the true precision of its textures. The stock backend reports 16 bits for textures
 * with 32, and then optimizers use an epsilon of 1e-4 instead of 1e-7.
 */
export function tellPrecision(backend: KernelBackend): void {
  if (env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) backend.floatPrecision = () => 32;
}
