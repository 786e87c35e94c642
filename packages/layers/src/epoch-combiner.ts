import type { GradientCombiner } from '@scalpel/core';

/**
 * The combiner, which also receives the epoch of `fit`. The trainer cannot count epochs itself, since a
 * dataset may not know how many batches it has.
 */
export function withEpoch(combiner: GradientCombiner, epoch: () => number): GradientCombiner {
  // The trainer has the error message for this.
  if (typeof combiner !== 'object' || combiner === null) return combiner;
  // The target is an empty object: a proxy of a frozen object may not change its values.
  return new Proxy({} as GradientCombiner, {
    has: (_, key) => key in combiner,
    get(_, key) {
      const value: unknown = Reflect.get(combiner, key);
      if (typeof value !== 'function') return value;
      const own = value.bind(combiner) as (given: object) => unknown;
      const isStep = key === 'combine' || key === 'after';
      return isStep ? (step: object) => own({ ...step, epoch: epoch() }) : own;
    },
  });
}
