import { BitwiseAnd, env } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

const FLAG = 'WEBGL_PACK_BINARY_OPERATIONS';

/** The stock kernel has two programs. Only the one for packed textures compiles. */
export const bitwiseAnd: readonly Correction[] = corrections<object>([BitwiseAnd], (stock) => (call) => {
  const before = env().getBool(FLAG);
  env().set(FLAG, true);
  try {
    return stock(call);
  } finally {
    env().set(FLAG, before);
  }
});
