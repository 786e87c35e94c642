/**
 * The product of two float32 matrices, in AssemblyScript. Blocks of both are packed in the order of their
 * use, and 4 x 8 elements of the result are summed in registers. Every element is a sum in the order of the
 * inner index, in blocks of `DEPTH`. So the same matrices always give the same bits.
 */

/** The number of rows and columns of the result that are summed at a time. */
const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/**
 * The block size of the inner index. Packed columns of this depth fit into the first-level cache beside the
 * packed rows.
 */
const DEPTH: i32 = 256;
/** The number of rows and columns of the result that are packed at a time, for the second-level cache. */
const MOST_ROWS: i32 = 128;
const MOST_COLUMNS: i32 = 512;

/** The bytes of scratch memory that `multiply` needs. */
export function multiplyScratch(): usize {
  return <usize>(4 * (ROWS * COLUMNS + DEPTH * (MOST_ROWS + MOST_COLUMNS)));
}

/**
 * Writes a · b to the matrix at `c`, or adds it. Rows of `c` are `cRow` bytes apart. Elements in a column of
 * `a` are `aRow` bytes apart, and those in a row `aColumn` bytes. So exchanging the two steps transposes a
 * matrix. `inner` must not be 0.
 */
export function multiply(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  add: bool,
  scratch: usize,
): void {
  const packedA = scratch + 4 * ROWS * COLUMNS;
  const packedB = packedA + 4 * DEPTH * MOST_ROWS;
  for (let left = 0; left < columns; left += MOST_COLUMNS) {
    const width = min(MOST_COLUMNS, columns - left);
    for (let start = 0; start < inner; start += DEPTH) {
      const depth = min(DEPTH, inner - start);
      pack(b + <usize>start * bRow + <usize>left * bColumn, bColumn, bRow, width, depth, packedB, COLUMNS);
      for (let top = 0; top < rows; top += MOST_ROWS) {
        const height = min(MOST_ROWS, rows - top);
        pack(a + <usize>top * aRow + <usize>start * aColumn, aRow, aColumn, height, depth, packedA, ROWS);
        const to = c + <usize>top * cRow + (<usize>left << 2);
        block(packedA, packedB, height, width, depth, to, cRow, add || start > 0, scratch);
      }
    }
  }
}

/**
 * Packs lines (rows of a, columns of b) in groups of `width`. For each inner index, the elements of all lines
 * of the group are side by side. Lines are `line` bytes apart, and the elements of a line `step` bytes.
 * Missing lines of the last group are zeros.
 */
function pack(from: usize, line: usize, step: usize, lines: i32, depth: i32, to: usize, width: i32): void {
  const stride = <usize>width << 2;
  for (let i = 0; i < lines; i += width) {
    const present = min(width, lines - i);
    if (present == width && step == 4) {
      for (let first: usize = 0; first < <usize>width; first += 4) {
        interleave(from + first * line, line, depth, to + (first << 2), stride);
      }
    } else if (present == width && line == 4) {
      for (let p = 0; p < depth; p++) {
        for (let at: usize = 0; at < stride; at += 16) {
          v128.store(to + <usize>p * stride + at, v128.load(from + <usize>p * step + at));
        }
      }
    } else {
      for (let p = 0; p < depth; p++) {
        for (let l = 0; l < width; l++) {
          const value = l < present ? load<f32>(from + <usize>l * line + <usize>p * step) : 0;
          store<f32>(to + <usize>p * stride + (<usize>l << 2), value);
        }
      }
    }
    from += <usize>width * line;
    to += <usize>depth * stride;
  }
}

/** Packs four lines of neighbouring elements, side by side every `stride` bytes. */
function interleave(from: usize, line: usize, depth: i32, to: usize, stride: usize): void {
  let p = 0;
  for (; p + 4 <= depth; p += 4, from += 16, to += 4 * stride) {
    const a = v128.load(from);
    const b = v128.load(from + line);
    const c = v128.load(from + 2 * line);
    const d = v128.load(from + 3 * line);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(to + 2 * stride, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
    v128.store(to + 3 * stride, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
  }
  for (; p < depth; p++, from += 4, to += stride) {
    for (let l: usize = 0; l < 4; l++) store<f32>(to + (l << 2), load<f32>(from + l * line));
  }
}

/**
 * A product of packed matrices. Tiles at the edges are computed in `tile`, which has room for a whole tile.
 */
function block(
  a: usize,
  b: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  c: usize,
  cRow: usize,
  add: bool,
  tile: usize,
): void {
  for (let left = 0; left < columns; left += COLUMNS) {
    const right = b + <usize>(left * depth) * 4;
    const width = min(COLUMNS, columns - left);
    for (let top = 0; top < rows; top += ROWS) {
      const upper = a + <usize>(top * depth) * 4;
      const height = min(ROWS, rows - top);
      const to = c + <usize>top * cRow + (<usize>left << 2);
      if (width == COLUMNS && height == ROWS) {
        multiplyTile(upper, right, depth, to, cRow, add);
      } else {
        multiplyTile(upper, right, depth, tile, COLUMNS << 2, false);
        copyTile(tile, to, cRow, height, width, add);
      }
    }
  }
}

function multiplyTile(a: usize, b: usize, depth: i32, c: usize, cRow: usize, add: bool): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let d0 = c0;
  let d1 = c0;
  let d2 = c0;
  let d3 = c0;
  for (const end = a + (<usize>depth << 4); a < end; a += 16, b += 32) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c0 = plus(c0, a0, left);
    d0 = plus(d0, a0, right);
    const a1 = v128.load32_splat(a, 4);
    c1 = plus(c1, a1, left);
    d1 = plus(d1, a1, right);
    const a2 = v128.load32_splat(a, 8);
    c2 = plus(c2, a2, left);
    d2 = plus(d2, a2, right);
    const a3 = v128.load32_splat(a, 12);
    c3 = plus(c3, a3, left);
    d3 = plus(d3, a3, right);
  }
  putRow(c, c0, d0, add);
  putRow(c + cRow, c1, d1, add);
  putRow(c + 2 * cRow, c2, d2, add);
  putRow(c + 3 * cRow, c3, d3, add);
}

@inline
function plus(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

@inline
function putRow(to: usize, left: v128, right: v128, add: bool): void {
  v128.store(to, add ? f32x4.add(v128.load(to), left) : left);
  v128.store(to, add ? f32x4.add(v128.load(to, 16), right) : right, 16);
}

function copyTile(tile: usize, to: usize, cRow: usize, rows: i32, columns: i32, add: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = to + <usize>row * cRow + (<usize>column << 2);
      const value = load<f32>(tile + (<usize>(row * COLUMNS + column) << 2));
      store<f32>(at, add ? load<f32>(at) + value : value);
    }
  }
}
