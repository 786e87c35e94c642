import type { GradientCombiner } from '@scalpel/core';

/** The combiner, told of the epochs of `fit`: a dataset need not say how many batches it has, so that the trainer cannot count them. */
export function withEpoch(combiner: GradientCombiner, epoch: () => number): GradientCombiner {
  // The trainer says what is wrong with it.
  if (typeof combiner !== 'object' || combiner === null) return combiner;
  // Not around the combiner itself: what is frozen may not be seen as anything else.
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
