import { BitwiseAnd, env } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

const FLAG = 'WEBGL_PACK_BINARY_OPERATIONS';

/** Of the stock kernel's two programs, the one for packed textures alone compiles. */
export const bitwiseAnd: readonly Correction[] = corrections<object>([BitwiseAnd], (stock) => (call) => {
  const before = env().getBool(FLAG);
  env().set(FLAG, true);
  try {
    return stock(call);
  } finally {
    env().set(FLAG, before);
  }
});
