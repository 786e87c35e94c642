import { padded } from '../coefficients.ts';
import type {
  ConstantCombiner,
  GradientCombiner,
  GramianCombination,
  GramianCombiner,
  GramianStep,
  LossCombiner,
} from '../combiner.ts';
import { answerOf, atOnce, checkedWeights } from './answers.ts';

/**
 * Any combiner that answers with coefficients, in the form of a combiner that sees the Gramian, so that all
 * of them can be composed. Throws for a combiner that works on single elements.
 */
export function asGramian(combiner: GradientCombiner): GramianCombiner {
  if (combiner.needs === 'gramian') return plain(combiner);
  if (combiner.needs === 'elements') {
    throw new Error(
      `${combiner.name} looks at single elements of the gradients, so it has no coefficients over them. Use it alone, in createTrainer.`,
    );
  }
  const check = combiner.check?.bind(combiner);
  const common = { name: combiner.name, needs: 'gramian', ...(check && { check }) } as const;
  return combiner.needs === 'nothing'
    ? { ...common, combine: (step) => constantAnswer(combiner, step) }
    : {
        ...common,
        ...(combiner.init && { init: combiner.init.bind(combiner) }),
        ...(combiner.after && { after: combiner.after.bind(combiner) }),
        ...(combiner.memoryOf && { memoryOf: combiner.memoryOf }),
        combine: (step) => lossAnswer(combiner, step),
      };
}

function constantAnswer(combiner: ConstantCombiner, step: GramianStep): GramianCombination {
  const { rows, setup, gramian } = step;
  const weights = atOnce(combiner, 'weights', combiner.weights(rows, setup));
  return { coefficients: padded(checkedWeights(combiner, weights, rows.length), gramian.size) };
}

function lossAnswer(combiner: LossCombiner, step: GramianStep): GramianCombination {
  const { rows, losses, gramian } = step;
  const { weights, ...next } = answerOf(combiner, 'weights', combiner.combine(step));
  const checked = checkedWeights(combiner, weights, rows.length, losses);
  return { ...next, coefficients: padded(checked, gramian.size) };
}

/**
 * The same combiner with its methods as own properties. So wrappers can spread it, even if it is an instance
 * of a class.
 */
function plain(combiner: GramianCombiner): GramianCombiner {
  const { name, needs, batches = 1, distances = false, memoryOf = 'rows' } = combiner;
  const methods = (['check', 'remembers', 'init', 'groups', 'combine', 'after'] as const).flatMap(
    (method) => {
      const own = combiner[method] as (() => unknown) | undefined;
      return own ? [[method, own.bind(combiner)]] : [];
    },
  );
  return { name, needs, batches, distances, memoryOf, ...Object.fromEntries(methods) };
}
