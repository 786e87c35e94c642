import type { GradientCombiner } from '../combiner.ts';
import { batchesOf } from '../protocol/declared.ts';

/** A method of a combiner of any kind. */
export type Method = (...given: readonly object[]) => unknown;

/** The same combiner, with `around` applied to each of its methods that runs in a step. */
export function instrumented(
  combiner: GradientCombiner,
  around: (method: Method, name: string) => Method,
): GradientCombiner {
  const { name, needs } = combiner;
  const distances = needs === 'gramian' && combiner.distances === true;
  const methods = Object.fromEntries(
    METHODS.flatMap((method) => {
      const own = (combiner as unknown as Record<string, unknown>)[method];
      if (typeof own !== 'function') return [];
      const bound = own.bind(combiner) as Method;
      return [[method, RUNNING.has(method) ? around(bound, method) : bound]];
    }),
  );
  return { name, needs, batches: batchesOf(combiner), distances, ...methods } as unknown as GradientCombiner;
}

const METHODS = ['check', 'remembers', 'init', 'groups', 'weights', 'combine', 'element', 'after'];
const RUNNING = new Set(['weights', 'combine', 'element', 'after']);
