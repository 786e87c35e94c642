import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type GramianCombiner,
  smoothed,
} from '@scalpel/core';
import * as v from 'valibot';

/*
 * CR-MOGM: the moving average of the coefficients of another method,
 *
 *   d = Σ cᵢ gᵢ,   c ← κ c + (1 − κ) ĉ,
 *
 * so that the coefficients do not jump with each batch. The average starts from the first coefficients ĉ. It
 * is `smoothed` of core, made available to suites and the command line.
 *
 * Zhou, Zhang, Jiang, Zhong, Gu, Zhu, "On the Convergence of Stochastic Multi-Objective Gradient Manipulation
 * and Beyond", NeurIPS 2022, algorithm 1; with κ as `decay`.
 */

export interface CrMogmOptions {
  /** κ, the weight of the old coefficients, in [0, 1). Default 0.9. */
  readonly decay?: number;
  /** The id of the method whose coefficients are averaged, one of this package. Default `mgda`. */
  readonly combiner?: string;
  /** The options of that method. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const schema = v.strictObject({
  decay: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0.9),
  combiner: v.optional(v.string(), 'mgda'),
  options: v.optional(v.record(v.string(), v.unknown()), {}),
});

const convention =
  'Averages are kept for each objective, and for each remembered row; that of an absent objective stays. What the method inside does not settle, it ' +
  'settles by its own convention.';

/**
 * The definition, for the methods that CR-MOGM can average. These must answer with coefficients, so methods
 * on single elements are left out.
 */
export function crMogmDefinition(methods: readonly CombinerDefinition[]): CombinerDefinition {
  return {
    id: 'cr-mogm',
    title: 'CR-MOGM',
    summary: 'The coefficients of another method, averaged over the steps.',
    paper: {
      title: 'On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond',
      authors: 'Zhou, Zhang, Jiang, Zhong, Gu, Zhu',
      year: 2022,
    },
    version: 1,
    guarantees: ['weighted'],
    convention,
    options: schema,
    create: (options: CrMogmOptions) => crMogm(methods, options),
  };
}

function crMogm(methods: readonly CombinerDefinition[], given: CrMogmOptions): GramianCombiner {
  const { decay, combiner, options } = checkOptions('cr-mogm', schema, given);
  const method = methods.find(({ id }) => id === combiner);
  if (!method) {
    throw new Error(
      `cr-mogm: option combiner: there is no "${combiner}" among the methods that it can hold. Known: ${methods.map(({ id }) => id).join(', ')}.`,
    );
  }
  const inner = method.create(checkOptions(`cr-mogm: ${combiner}`, method.options, options) as never);
  return { ...smoothed(inner, { decay }), name: `cr-mogm(${inner.name})` };
}
