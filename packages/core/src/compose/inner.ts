import type { GramianCombination, GramianCombiner, GramianStep } from '../combiner.ts';
import { checkedAnswer } from '../protocol/answers.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import { checkCombiner } from '../protocol/check-combiner.ts';

/**
 * The combiner inside a wrapper, in the form that sees the Gramian. Throws for a combiner with groups of
 * variables, which must be outermost.
 */
export function ungrouped(wrapper: string, combiner: unknown): GramianCombiner {
  checkCombiner(wrapper, combiner);
  const inner = asGramian(combiner);
  if (inner.groups) {
    throw new Error(
      `${wrapper} cannot hold ${inner.name}: put perLayer or perGroup outermost, as in perLayer(${wrapper}(…)), and only one of them.`,
    );
  }
  return inner;
}

/**
 * The same for a wrapper that shows its inner combiner something other than the step. Such a combiner can see
 * neither further batches nor the losses after the step.
 */
export function single(wrapper: string, combiner: unknown): GramianCombiner {
  const inner = ungrouped(wrapper, combiner);
  if (inner.after || (inner.batches ?? 1) > 1) {
    const why = inner.after ? 'looks at the losses again after the step' : 'takes several batches a step';
    throw new Error(`${wrapper} cannot hold ${inner.name}, which ${why}. Use it alone.`);
  }
  return inner;
}

/** The answer of the inner combiner to a step. Throws unless it has one coefficient per row. */
export function answerTo(inner: GramianCombiner, step: GramianStep): GramianCombination {
  const { size } = step.gramian;
  return checkedAnswer(inner, inner.combine(step), size, size - step.rows.length, step);
}
