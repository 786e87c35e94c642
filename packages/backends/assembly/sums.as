/**
 * Sums of float32 elements, in AssemblyScript. Terms are added in groups of 64, and then the sums of the
 * groups. So the error of a long sum grows with a 64th of its length.
 */

const GROUP: i32 = 64;

/** The sum of each row of a matrix without gaps. */
export function sumRows(from: usize, to: usize, rows: i32, columns: i32): void {
  const step = <usize>columns << 2;
  for (let row = 0; row < rows; row++, from += step, to += 4) store<f32>(to, sum(from, columns));
}

/** Sixteen sums side by side, which are added at the end. */
function sum(from: usize, length: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = from + (<usize>length << 2);
  const whole = from + (<usize>(length & ~15) << 2);
  while (from < whole) {
    let p = f32x4.splat(0);
    let q = p;
    let r = p;
    let s = p;
    for (const stop = min(from + 64 * GROUP, whole); from < stop; from += 64) {
      p = f32x4.add(p, v128.load(from));
      q = f32x4.add(q, v128.load(from, 16));
      r = f32x4.add(r, v128.load(from, 32));
      s = f32x4.add(s, v128.load(from, 48));
    }
    a = f32x4.add(a, p);
    b = f32x4.add(b, q);
    c = f32x4.add(c, r);
    d = f32x4.add(d, s);
  }
  for (; from + 16 <= end; from += 16) a = f32x4.add(a, v128.load(from));
  for (; from < end; from += 4) b = f32x4.add(b, v128.load32_zero(from));
  const total = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return (
    f32x4.extract_lane(total, 0) +
    f32x4.extract_lane(total, 1) +
    (f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3))
  );
}

/** The sum of each column of a matrix without gaps. */
export function sumColumns(from: usize, to: usize, rows: i32, columns: i32): void {
  const step = <usize>columns << 2;
  let column = 0;
  for (; column + 16 <= columns; column += 16, from += 64, to += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let at = from;
    for (let row = 0; row < rows; ) {
      let p = f32x4.splat(0);
      let q = p;
      let r = p;
      let s = p;
      for (const stop = min(row + GROUP, rows); row < stop; row++, at += step) {
        p = f32x4.add(p, v128.load(at));
        q = f32x4.add(q, v128.load(at, 16));
        r = f32x4.add(r, v128.load(at, 32));
        s = f32x4.add(s, v128.load(at, 48));
      }
      a = f32x4.add(a, p);
      b = f32x4.add(b, q);
      c = f32x4.add(c, r);
      d = f32x4.add(d, s);
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; column < columns; column++, from += 4, to += 4) {
    let total: f32 = 0;
    let at = from;
    for (let row = 0; row < rows; ) {
      let part: f32 = 0;
      for (const stop = min(row + GROUP, rows); row < stop; row++, at += step) part += load<f32>(at);
      total += part;
    }
    store<f32>(to, total);
  }
}
