/**
 * exp, erf, tanh and clamping of float32 elements, four at a time, in AssemblyScript. The error is about two
 * units in the last place. The polynomials are Chebyshev approximations. `pmin` and `pmax` keep their first
 * operand if the comparison is false, so NaN is kept.
 */

export function exp(from: usize, to: usize, length: i32): void {
  const end = from + (<usize>length << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, expOf(v128.load(from)));
  for (; from < end; from += 4, to += 4) v128.store_lane<f32>(to, expOf(v128.load32_zero(from)), 0);
}

export function erf(from: usize, to: usize, length: i32): void {
  const end = from + (<usize>length << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, erfOf(v128.load(from)));
  for (; from < end; from += 4, to += 4) v128.store_lane<f32>(to, erfOf(v128.load32_zero(from)), 0);
}

export function tanh(from: usize, to: usize, length: i32): void {
  const end = from + (<usize>length << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, tanhOf(v128.load(from)));
  for (; from < end; from += 4, to += 4) v128.store_lane<f32>(to, tanhOf(v128.load32_zero(from)), 0);
}

/** Clamps between two bounds. The instructions for minimum and maximum give NaN if either operand is NaN. */
export function clamp(from: usize, to: usize, length: i32, least: f32, most: f32): void {
  const end = from + (<usize>length << 2);
  const low = f32x4.splat(least);
  const high = f32x4.splat(most);
  for (; from + 16 <= end; from += 16, to += 16)
    v128.store(to, f32x4.min(f32x4.max(v128.load(from), low), high));
  for (; from < end; from += 4, to += 4) store<f32>(to, min<f32>(max<f32>(load<f32>(from), least), most));
}

/**
 * 2ⁿ · exp(x − n ln 2), with 2ⁿ as two factors, because 2ⁿ may be infinite, or subnormal after the product.
 */
@inline
function expOf(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504)));
  // ln 2 in two parts: n times the first part is exact.
  const coarse = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  const rest = f32x4.sub(coarse, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = plus(f32x4.splat(0.00139262508315), rest, f32x4.splat(0.00836323288368));
  p = plus(p, rest, f32x4.splat(0.041666554213));
  p = plus(p, rest, f32x4.splat(0.166665766661));
  p = plus(p, rest, f32x4.splat(0.5));
  const power = f32x4.add(plus(p, f32x4.mul(rest, rest), rest), f32x4.splat(1));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(power, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

@inline
function powerOfTwo(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
}

/** x P(x²) up to 1. Beyond 1: 1 − exp(−Q(|x|)), where Q is −ln erfc. */
@inline
function erfOf(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = plus(f32x4.splat(7.87587506269e-5), square, f32x4.splat(-0.000801686428717));
  p = plus(p, square, f32x4.splat(0.00518908742343));
  p = plus(p, square, f32x4.splat(-0.0268542120106));
  p = plus(p, square, f32x4.splat(0.112835947152));
  p = plus(p, square, f32x4.splat(-0.376126266667));
  p = plus(p, square, f32x4.splat(1.12837916585));
  const size = f32x4.abs(x);
  const t = f32x4.pmin(size, f32x4.splat(4));
  let q = plus(f32x4.splat(1.32723618112e-5), t, f32x4.splat(-0.000316937022491));
  q = plus(q, t, f32x4.splat(0.0034323513807));
  q = plus(q, t, f32x4.splat(-0.022604772238));
  q = plus(q, t, f32x4.splat(0.103281117598));
  q = plus(q, t, f32x4.splat(0.639141257647));
  q = plus(q, t, f32x4.splat(1.12589365241));
  q = plus(q, t, f32x4.splat(0.000765897779698));
  const large = f32x4.sub(f32x4.splat(1), expOf(f32x4.neg(q)));
  return v128.bitselect(f32x4.mul(x, p), withSign(large, x), f32x4.lt(size, f32x4.splat(1)));
}

/** x + x³ P(x²) while x² is below 0.4. Beyond that: 1 − 2 / (exp 2|x| + 1). */
@inline
function tanhOf(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = plus(f32x4.splat(-0.00559978503728), square, f32x4.splat(0.0205369719979));
  p = plus(p, square, f32x4.splat(-0.0537042774388));
  p = plus(p, square, f32x4.splat(0.133309171694));
  p = plus(p, square, f32x4.splat(-0.333332514473));
  const small = plus(f32x4.mul(p, square), x, x);
  const e = expOf(f32x4.mul(f32x4.abs(x), f32x4.splat(2)));
  const large = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  return v128.bitselect(small, withSign(large, x), f32x4.lt(square, f32x4.splat(0.4)));
}

/** a · b + c */
@inline
function plus(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline
function withSign(size: v128, sign: v128): v128 {
  return v128.bitselect(sign, size, i32x4.splat(0x80000000));
}
