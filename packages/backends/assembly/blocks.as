/**
 * Copies and sums of float32 elements in regular arrangements, in AssemblyScript. Steps are in bytes. Copies
 * work for any elements of four bytes.
 */

/**
 * Copies `count` runs of `length` elements. The runs start `fromStep` bytes apart in the source and `toStep`
 * bytes apart in the target.
 */
export function copyRuns(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32, length: i32): void {
  const bytes = <usize>length << 2;
  const whole = bytes & ~15;
  for (let run = 0; run < count; run++, from += fromStep, to += toStep) {
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(to + at, v128.load(from + at));
    for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
  }
}

/** Adds the runs to the elements of the target. */
export function addRuns(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32, length: i32): void {
  const bytes = <usize>length << 2;
  const whole = bytes & ~15;
  for (let run = 0; run < count; run++, from += fromStep, to += toStep) {
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}

/**
 * Copies a matrix to its transpose. The source has `rows` rows of `columns` elements, `fromStep` bytes apart.
 * In the target, the elements of a source column are neighbours, and these columns are `toStep` bytes apart.
 * Strips of 16 rows write whole cache lines.
 */
export function transpose(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, columns: i32): void {
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let top = 0; top < wholeRows; top += 16) {
    const bottom = min(top + 16, wholeRows);
    for (let column = 0; column < wholeColumns; column += 4) {
      for (let row = top; row < bottom; row += 4) {
        const x = from + <usize>row * fromStep + (<usize>column << 2);
        const y = to + <usize>column * toStep + (<usize>row << 2);
        const a = v128.load(x);
        const b = v128.load(x + fromStep);
        const c = v128.load(x + 2 * fromStep);
        const d = v128.load(x + 3 * fromStep);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(y, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
        v128.store(y + toStep, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
        v128.store(y + 2 * toStep, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
        v128.store(y + 3 * toStep, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
      }
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = row < wholeRows ? wholeColumns : 0; column < columns; column++) {
      const value = load<u32>(from + <usize>row * fromStep + (<usize>column << 2));
      store<u32>(to + <usize>column * toStep + (<usize>row << 2), value);
    }
  }
}

/** Sets `length` elements to zero. */
export function clear(to: usize, length: i32): void {
  memory.fill(to, 0, <usize>length << 2);
}
