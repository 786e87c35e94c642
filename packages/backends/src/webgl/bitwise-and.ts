import { BitwiseAnd, env } from '@tensorflow/tfjs-core';
import { mendings } from '../every/kernel.ts';
import type { Mending } from '../mend.ts';

const FLAG = 'WEBGL_PACK_BINARY_OPERATIONS';

/** Of the stock kernel's two programs, the one for packed textures alone compiles. */
export const bitwiseAnd: readonly Mending[] = mendings<object>([BitwiseAnd], (stock) => (call) => {
  const before = env().getBool(FLAG);
  env().set(FLAG, true);
  try {
    return stock(call);
  } finally {
    env().set(FLAG, before);
  }
});
