/**
 * Runs `compute` with every float32 array replaced by a float64 array. The kernels of the cpu backend are
 * plain JavaScript and make their arrays by the global name, so they then round as float64 does. `compute`
 * must read its results itself, and be synchronous.
 */
export function inFloat64<Result>(compute: () => Result): Result {
  const { Float32Array: single } = globalThis;
  Object.assign(globalThis, { Float32Array: Float64Array });
  try {
    return compute();
  } finally {
    Object.assign(globalThis, { Float32Array: single });
  }
}
