/**
 * One step of Adam for one variable, in AssemblyScript. Every operation is rounded to float32, in the same
 * order as in TensorFlow.js's optimizer, so the bits are the same. The new values may overwrite the old ones.
 */
export function adam(
  value: usize,
  firstMoment: usize,
  secondMoment: usize,
  gradient: usize,
  newValue: usize,
  newFirstMoment: usize,
  newSecondMoment: usize,
  length: i32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
  minusRate: f32,
): void {
  const bytes = <usize>length << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const g = v128.load(gradient + at);
    const first = f32x4.add(times(v128.load(firstMoment + at), beta1), times(g, oneMinusBeta1));
    const second = f32x4.add(times(v128.load(secondMoment + at), beta2), times(f32x4.mul(g, g), oneMinusBeta2));
    const spread = f32x4.sqrt(f32x4.div(second, f32x4.splat(correction2)));
    const step = f32x4.div(f32x4.div(first, f32x4.splat(correction1)), f32x4.add(spread, f32x4.splat(epsilon)));
    const next = f32x4.add(times(step, minusRate), v128.load(value + at));
    v128.store(newFirstMoment + at, first);
    v128.store(newSecondMoment + at, second);
    v128.store(newValue + at, next);
  }
  for (; at < bytes; at += 4) {
    const g = load<f32>(gradient + at);
    const first = load<f32>(firstMoment + at) * beta1 + g * oneMinusBeta1;
    const second = load<f32>(secondMoment + at) * beta2 + g * g * oneMinusBeta2;
    const spread = sqrt<f32>(second / correction2);
    const step = first / correction1 / (spread + epsilon);
    const next = step * minusRate + load<f32>(value + at);
    store<f32>(newFirstMoment + at, first);
    store<f32>(newSecondMoment + at, second);
    store<f32>(newValue + at, next);
  }
}

@inline
function times(x: v128, factor: f32): v128 {
  return f32x4.mul(x, f32x4.splat(factor));
}
