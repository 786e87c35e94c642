/**
 * What `compute` gives where every array of float32 is one of float64. The cpu backend's kernels, which are plain JavaScript, then compute to float64's
 * rounding: they make their arrays by that name. `compute` must read its results itself, and be synchronous.
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
