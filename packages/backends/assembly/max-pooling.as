/**
 * The gradient of max pooling, in AssemblyScript. For each channel, it adds the upstream gradient of one
 * window to the gradient of the channel's largest element, or of the first of several equal ones. NaN is
 * never larger, as in any comparison. Steps are in bytes.
 */
export function addToLargest(
  x: usize,
  dx: usize,
  dy: usize,
  rowStep: usize,
  columnStep: usize,
  rows: i32,
  columns: i32,
  channels: i32,
): void {
  const bytes = <usize>channels << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    let largest = v128.load(x + at);
    let place = i32x4.splat(0);
    let tap = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, tap++) {
        const value = v128.load(x + at + <usize>row * rowStep + <usize>column * columnStep);
        const larger = f32x4.gt(value, largest);
        largest = v128.bitselect(value, largest, larger);
        place = v128.bitselect(i32x4.splat(tap), place, larger);
      }
    }
    const upstream = v128.load(dy + at);
    tap = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, tap++) {
        const to = dx + at + <usize>row * rowStep + <usize>column * columnStep;
        const share = v128.and(upstream, i32x4.eq(place, i32x4.splat(tap)));
        v128.store(to, f32x4.add(v128.load(to), share));
      }
    }
  }
  for (; at < bytes; at += 4) {
    let largest = load<f32>(x + at);
    let place = at;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const candidate = at + <usize>row * rowStep + <usize>column * columnStep;
        const value = load<f32>(x + candidate);
        if (value > largest) {
          largest = value;
          place = candidate;
        }
      }
    }
    store<f32>(dx + place, load<f32>(dx + place) + load<f32>(dy + at));
  }
}
