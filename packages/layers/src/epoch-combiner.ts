import type { GradientCombiner } from '@scalpel/core';

/** The combiner, told of the epochs of `fit`: a dataset need not say how many batches it has, so that the trainer cannot count them. */
export function withEpoch(combiner: GradientCombiner, epoch: () => number): GradientCombiner {
  return new Proxy(combiner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      const own = value.bind(target) as (given: object) => unknown;
      const isStep = key === 'combine' || key === 'after';
      return isStep ? (step: object) => own({ ...step, epoch: epoch() }) : own;
    },
  });
}
