/**
 * Rows in float16, in AssemblyScript. All data is in the memory of TensorFlow.js's wasm backend. WebAssembly
 * has no float16 arithmetic, so the bits are made by integer operations, four lanes at a time. None of the
 * numbers is infinite: the caller divides by a power of two first.
 */

/** The magnitude of a float32 number: its bits without the sign. */
const MAGNITUDE: u32 = 0x7fffffff;

/**
 * The largest magnitude of `length` float32 numbers, at least one. It is NaN or infinite if one of them is so:
 * as integers, the bits of such numbers are larger than those of all others.
 */
export function largest(from: usize, length: i32): f32 {
  let most = i32x4.splat(0);
  let at: i32 = 0;
  for (; at + 4 <= length; at += 4, from += 16)
    most = i32x4.max_s(most, v128.and(v128.load(from), i32x4.splat(MAGNITUDE)));
  let bits = max(
    max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  for (; at < length; at++, from += 4) bits = max(bits, load<i32>(from) & MAGNITUDE);
  return reinterpret<f32>(bits);
}

/** Writes the numbers, multiplied by a power of two and rounded to the nearest float16. */
export function halve(from: usize, to: usize, length: i32, factor: f32): void {
  let at: i32 = 0;
  for (; at + 8 <= length; at += 8, from += 32, to += 16) {
    const first = rounded(f32x4.mul(v128.load(from), f32x4.splat(factor)));
    const last = rounded(f32x4.mul(v128.load(from, 16), f32x4.splat(factor)));
    v128.store(to, i16x8.narrow_i32x4_u(first, last));
  }
  for (; at < length; at++, from += 4, to += 2) {
    const bits = rounded(f32x4.splat(load<f32>(from) * factor));
    store<u16>(to, <u16>i32x4.extract_lane(bits, 0));
  }
}

/** Writes float16 numbers as float32. This is exact. */
export function unhalve(from: usize, to: usize, length: i32): void {
  let at: i32 = 0;
  for (; at + 8 <= length; at += 8, from += 16, to += 32) {
    const bits = v128.load(from);
    v128.store(to, widened(i32x4.extend_low_i16x8_s(bits)));
    v128.store(to, widened(i32x4.extend_high_i16x8_s(bits)), 16);
  }
  for (; at < length; at++, from += 2, to += 4)
    store<f32>(to, f32x4.extract_lane(widened(i32x4.splat(load<i16>(from))), 0));
}

/** The bits of the nearest float16 numbers, ties to even, one in each lane. */
@inline
function rounded(x: v128): v128 {
  const magnitude = v128.and(x, i32x4.splat(MAGNITUDE));
  const sign = v128.andnot(x, i32x4.splat(MAGNITUDE));
  // Normal numbers: the exponent gets the bias of float16. What is added before 13 bits are dropped rounds.
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const biased = i32x4.add(magnitude, i32x4.splat(((15 - 127) << 23) + 0xfff));
  const normal = i32x4.shr_u(i32x4.add(biased, odd), 13);
  // Below 2^-14, float16 has steps of 2^-24, and so has float32 from 0.5 to 1: adding 0.5 rounds.
  const half = f32x4.splat(0.5);
  const subnormal = i32x4.sub(f32x4.add(magnitude, half), half);
  const isSmall = i32x4.lt_s(magnitude, i32x4.splat(113 << 23));
  return v128.or(v128.bitselect(subnormal, normal, isSmall), i32x4.shr_u(sign, 16));
}

/** The float16 numbers whose bits, as signed integers, are in the lanes. */
@inline
function widened(bits: v128): v128 {
  // The sign and the magnitude at their places in float32. The exponent gets the bias of float32 by a product
  // with 2^112, which is right for subnormal numbers too.
  const placed = v128.and(i32x4.shl(bits, 13), i32x4.splat(0x8fffe000));
  return f32x4.mul(placed, f32x4.splat(reinterpret<f32>(239 << 23)));
}
