import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { functionsOf } from './modules/functions.ts';

/**
 * One axis of an array that is copied: its number of elements, and their distances in the source and in the
 * target, in elements.
 */
export interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Copies float32 or int32 elements from one address to another, in any arrangement. No axis may have the size
 * 0.
 */
export function copyStrided(from: number, to: number, axes: readonly Axis[], backend: BackendWasm): void {
  const functions = functionsOf(backend);
  const merged = mergedAxes(axes);
  const source = merged.find((axis) => axis.from === 1);
  const target = merged.find((axis) => axis.to === 1);
  if (source !== undefined && target !== undefined && source !== target) {
    forEachOffset(without(merged, source, target), from, to, (start, end) => {
      functions.transpose(start, 4 * target.from, end, 4 * source.to, target.size, source.size);
    });
    return;
  }
  const run = source !== undefined && source === target ? source : { size: 1, from: 1, to: 1 };
  const rest = without(merged, run);
  const repeated = rest.reduce((longest, axis) => (axis.size > longest.size ? axis : longest), {
    size: 1,
    from: 0,
    to: 0,
  });
  forEachOffset(without(rest, repeated), from, to, (start, end) => {
    functions.copyRuns(start, 4 * repeated.from, end, 4 * repeated.to, repeated.size, run.size);
  });
}

/**
 * Merges axes: if the elements of one axis continue those of the next one, in source and target, the two
 * become one.
 */
function mergedAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const last = merged.at(-1);
    if (last !== undefined && last.from === axis.size * axis.from && last.to === axis.size * axis.to)
      merged[merged.length - 1] = { ...axis, size: last.size * axis.size };
    else merged.push(axis);
  }
  return merged;
}

function without(axes: readonly Axis[], ...left: readonly Axis[]): Axis[] {
  return axes.filter((axis) => !left.includes(axis));
}

function forEachOffset(
  axes: readonly Axis[],
  from: number,
  to: number,
  visit: (from: number, to: number) => void,
): void {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    visit(from, to);
    return;
  }
  for (let index = 0; index < axis.size; index++)
    forEachOffset(rest, from + 4 * index * axis.from, to + 4 * index * axis.to, visit);
}

/** The distances between neighbours along each axis of a tensor of this shape, in elements. */
export function stepsOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}
