/**
 * The passes over rows of float32 elements, in AssemblyScript. All data is in the memory of TensorFlow.js's
 * wasm backend: the rows are the tensors themselves, and the caller chooses the addresses of tables and
 * results. Arithmetic is in float64, two lanes at a time. Products of float32 numbers are exact in float64
 * and neither vanish nor overflow. A result is rounded to float32 once.
 */

/**
 * The number of elements of each row that *gram* handles at a time, so that those of all rows stay in the
 * first-level cache.
 */
const GRAM_BLOCK: i32 = 128;
/** The number of elements of each row that *map* handles at a time. */
const MAP_BLOCK: i32 = 512;

/**
 * Adds the products of rows i <= j to the numbers at `products` + 8 (size · i + j), for rows of `length`
 * elements whose addresses are at `rows`. `size` must be a multiple of three. The caller fills the table of
 * rows up with any of the rows, and their products are also added.
 */
export function gram(rows: usize, size: i32, length: i32, products: usize): void {
  const whole = length & ~3;
  for (let start = 0; start < whole; start += GRAM_BLOCK) {
    const offset = <usize>start << 2;
    const bytes = <usize>min(GRAM_BLOCK, whole - start) << 2;
    for (let i = 0; i < size; i += 3) {
      const a = address(rows, i) + offset;
      const b = address(rows, i + 1) + offset;
      const c = address(rows, i + 2) + offset;
      triangle(a, b, c, bytes, entry(products, size, i, i), size);
      for (let j = i + 3; j < size; j += 3) {
        const x = address(rows, j) + offset;
        const y = address(rows, j + 1) + offset;
        const z = address(rows, j + 2) + offset;
        square(a, b, c, x, y, z, bytes, entry(products, size, i, j), size);
      }
    }
  }
  for (let at = whole; at < length; at++) {
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) {
        add(entry(products, size, i, j), element(address(rows, i), at) * element(address(rows, j), at));
      }
    }
  }
}

/** Adds the products among three rows. */
function triangle(a: usize, b: usize, c: usize, bytes: usize, products: usize, size: i32): void {
  let aa = f64x2.splat(0);
  let ab = aa;
  let ac = aa;
  let bb = aa;
  let bc = aa;
  let cc = aa;
  for (const end = a + bytes; a < end; a += 16, b += 16, c += 16) {
    let p = firstTwo(a);
    let q = firstTwo(b);
    let r = firstTwo(c);
    aa = plus(aa, p, p);
    ab = plus(ab, p, q);
    ac = plus(ac, p, r);
    bb = plus(bb, q, q);
    bc = plus(bc, q, r);
    cc = plus(cc, r, r);
    p = lastTwo(a);
    q = lastTwo(b);
    r = lastTwo(c);
    aa = plus(aa, p, p);
    ab = plus(ab, p, q);
    ac = plus(ac, p, r);
    bb = plus(bb, q, q);
    bc = plus(bc, q, r);
    cc = plus(cc, r, r);
  }
  add(entry(products, size, 0, 0), both(aa));
  add(entry(products, size, 0, 1), both(ab));
  add(entry(products, size, 0, 2), both(ac));
  add(entry(products, size, 1, 1), both(bb));
  add(entry(products, size, 1, 2), both(bc));
  add(entry(products, size, 2, 2), both(cc));
}

/**
 * Adds the products of three rows with three others. These are as many sums as fit into the registers of x64.
 */
function square(
  a: usize,
  b: usize,
  c: usize,
  x: usize,
  y: usize,
  z: usize,
  bytes: usize,
  products: usize,
  size: i32,
): void {
  let ax = f64x2.splat(0);
  let ay = ax;
  let az = ax;
  let bx = ax;
  let by = ax;
  let bz = ax;
  let cx = ax;
  let cy = ax;
  let cz = ax;
  for (const end = a + bytes; a < end; a += 16, b += 16, c += 16, x += 16, y += 16, z += 16) {
    let p = firstTwo(x);
    let q = firstTwo(y);
    let r = firstTwo(z);
    let left = firstTwo(a);
    ax = plus(ax, left, p);
    ay = plus(ay, left, q);
    az = plus(az, left, r);
    left = firstTwo(b);
    bx = plus(bx, left, p);
    by = plus(by, left, q);
    bz = plus(bz, left, r);
    left = firstTwo(c);
    cx = plus(cx, left, p);
    cy = plus(cy, left, q);
    cz = plus(cz, left, r);
    p = lastTwo(x);
    q = lastTwo(y);
    r = lastTwo(z);
    left = lastTwo(a);
    ax = plus(ax, left, p);
    ay = plus(ay, left, q);
    az = plus(az, left, r);
    left = lastTwo(b);
    bx = plus(bx, left, p);
    by = plus(by, left, q);
    bz = plus(bz, left, r);
    left = lastTwo(c);
    cx = plus(cx, left, p);
    cy = plus(cy, left, q);
    cz = plus(cz, left, r);
  }
  add(entry(products, size, 0, 0), both(ax));
  add(entry(products, size, 0, 1), both(ay));
  add(entry(products, size, 0, 2), both(az));
  add(entry(products, size, 1, 0), both(bx));
  add(entry(products, size, 1, 1), both(by));
  add(entry(products, size, 1, 2), both(bz));
  add(entry(products, size, 2, 0), both(cx));
  add(entry(products, size, 2, 1), both(cy));
  add(entry(products, size, 2, 2), both(cz));
}

/**
 * Writes `count` sums Σ coefficient · row of `length` elements to the addresses at `results`, which may be
 * addresses of rows. Sum k has `terms[k]` terms, a multiple of three (filled up with coefficients of zero).
 * The addresses of their rows follow each other at `rows`, and their float64 coefficients at `coefficients`.
 * `scratch` has room for `mapScratch(count)` bytes.
 */
export function map(
  count: i32,
  results: usize,
  terms: usize,
  rows: usize,
  coefficients: usize,
  length: i32,
  scratch: usize,
): void {
  const sums = scratch + (<usize>(count * MAP_BLOCK) << 2);
  for (let start = 0; start < length; start += MAP_BLOCK) {
    const offset = <usize>start << 2;
    const elements = min(MAP_BLOCK, length - start);
    // A result may overwrite a row, so all results of a block are computed before the first is written.
    let term = 0;
    for (let k = 0; k < count; k++) {
      const made = scratch + (<usize>(k * MAP_BLOCK) << 2);
      const first = term;
      const end = first + load<i32>(terms + (<usize>k << 2));
      for (; term < end; term += 3) {
        const a = address(rows, term) + offset;
        const b = address(rows, term + 1) + offset;
        const c = address(rows, term + 2) + offset;
        const list = coefficients + (<usize>term << 3);
        if (term == first) {
          if (term + 3 == end) sweep(a, b, c, list, elements, sums, made, true, true);
          else sweep(a, b, c, list, elements, sums, made, true, false);
        } else {
          if (term + 3 == end) sweep(a, b, c, list, elements, sums, made, false, true);
          else sweep(a, b, c, list, elements, sums, made, false, false);
        }
      }
    }
    for (let k = 0; k < count; k++) {
      const made = scratch + (<usize>(k * MAP_BLOCK) << 2);
      memory.copy(address(results, k) + offset, made, <usize>elements << 2);
    }
  }
}

/** The bytes of scratch memory that `map` needs for `count` results. */
export function mapScratch(count: i32): i32 {
  return ((count * MAP_BLOCK) << 2) + (MAP_BLOCK << 3);
}

/**
 * Adds three terms of one block. The float64 `sums` start from zero or from their earlier values. The new
 * sums go to `sums` or, rounded to float32, to `made`.
 */
@inline
function sweep(
  a: usize,
  b: usize,
  c: usize,
  coefficients: usize,
  elements: i32,
  sums: usize,
  made: usize,
  isFirst: bool,
  isLast: bool,
): void {
  const u = v128.load64_splat(coefficients);
  const v = v128.load64_splat(coefficients, 8);
  const w = v128.load64_splat(coefficients, 16);
  let at: usize = 0;
  for (const end = <usize>(elements & ~3) << 2; at < end; at += 16) {
    let low = f64x2.mul(u, firstTwo(a + at));
    let high = f64x2.mul(u, lastTwo(a + at));
    if (!isFirst) {
      low = f64x2.add(v128.load(sums + 2 * at), low);
      high = f64x2.add(v128.load(sums + 2 * at, 16), high);
    }
    low = plus(plus(low, v, firstTwo(b + at)), w, firstTwo(c + at));
    high = plus(plus(high, v, lastTwo(b + at)), w, lastTwo(c + at));
    if (isLast) {
      v128.store64_lane(made + at, f32x4.demote_f64x2_zero(low), 0);
      v128.store64_lane(made + at, f32x4.demote_f64x2_zero(high), 0, 8);
    } else {
      v128.store(sums + 2 * at, low);
      v128.store(sums + 2 * at, high, 16);
    }
  }
  for (const end = <usize>elements << 2; at < end; at += 4) {
    let sum = load<f64>(coefficients) * <f64>load<f32>(a + at);
    if (!isFirst) sum = load<f64>(sums + 2 * at) + sum;
    sum += load<f64>(coefficients, 8) * <f64>load<f32>(b + at);
    sum += load<f64>(coefficients, 16) * <f64>load<f32>(c + at);
    if (isLast) store<f32>(made + at, <f32>sum);
    else store<f64>(sums + 2 * at, sum);
  }
}

@inline
function address(table: usize, index: i32): usize {
  return load<u32>(table + (<usize>index << 2));
}

@inline
function element(row: usize, index: i32): f64 {
  return <f64>load<f32>(row + (<usize>index << 2));
}

@inline
function entry(matrix: usize, size: i32, row: i32, column: i32): usize {
  return matrix + (<usize>(row * size + column) << 3);
}

@inline
function add(target: usize, value: f64): void {
  store<f64>(target, load<f64>(target) + value);
}

/** sum + left · right */
@inline
function plus(sum: v128, left: v128, right: v128): v128 {
  return f64x2.add(sum, f64x2.mul(left, right));
}

/** Two elements in float64. */
@inline
function firstTwo(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** The two elements after these. */
@inline
function lastTwo(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at, 8));
}

@inline
function both(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}
