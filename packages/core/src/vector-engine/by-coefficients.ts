import { combination } from '../coefficients.ts';
import type { ElementCombiner, GradientCombiner, GramianCombiner, GramianStep, Setup } from '../combiner.ts';
import { asked, beyond, checkedAnswer, memoryAfter } from '../protocol/answers.ts';
import { asGramian } from '../protocol/as-gramian.ts';
import { initialOf, rememberedBy } from '../protocol/declared.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { innerProduct, squaredDistances } from './arithmetic.ts';
import type { Combine } from './combine.ts';
import { unitOf } from './unit-of-length.ts';

/** The relative error of an inner product, for rows of any length. */
const PRECISION = 1e-16;

type Rows = readonly (readonly number[])[];

/** The computation for a combiner that answers with coefficients. */
export function byCoefficients(given: Exclude<GradientCombiner, ElementCombiner>, setup: Setup): Combine {
  const combiner = asGramian(given);
  const rowCount = rememberedBy(combiner, setup);
  let state: Rows | undefined;
  let memory = initialOf(combiner, setup);
  return (gradients, before, after, weights) => {
    const remembered = state ?? zeros(rowCount, gradients[0]!.length);
    checkWidth(gradients[0]!.length, remembered);
    const all = [...gradients, ...remembered];
    const unit = given.needs === 'gramian' ? unitOf(all, gradients.length) : 1;
    const rows = unit === 1 ? all : all.map((row) => row.map((x) => x / unit));
    const step = { ...before, memory, ...seenOf(combiner, rows, gradients.length), unit };
    const answer = checkedAnswer(
      combiner,
      asked(combiner, () => combiner.combine(step)),
      rows.length,
      remembered.length,
      step,
    );
    const [direction, ...remember] = [answer.coefficients, ...(answer.remember ?? [])].map((list) =>
      combination(list, rows).map((x) => x * unit),
    );
    // Coefficients of the rows as they were given, without weights.
    const coefficients = answer.coefficients.map((c, row) => c * (weights[row] ?? 1));
    checkReach(combiner, [coefficients, direction!, ...remember]);
    const next = answer.memory ?? memory;
    memory = combiner.after && after ? memoryAfter(combiner, { ...after, memory: next }) : next;
    state = answer.remember ? remember : remembered;
    const { certificate } = answer;
    return { direction: direction!, coefficients, ...(certificate && { certificate }) };
  };
}

/** The input of the combiner: the inner products, and the distances if it asks for them. */
function seenOf(
  combiner: GramianCombiner,
  rows: Rows,
  gradients: number,
): Pick<GramianStep, 'gramian' | 'precision' | 'distances'> {
  const gramian = SymmetricMatrix.from(rows.length, (i, j) => innerProduct(rows[i]!, rows[j]!));
  const distances = combiner.distances ? squaredDistances(rows.slice(0, gradients)) : undefined;
  return { gramian, precision: PRECISION, ...(distances && { distances }) };
}

function zeros(count: number, width: number): Rows {
  return Array.from({ length: count }, () => new Array<number>(width).fill(0));
}

function checkWidth(width: number, remembered: Rows): void {
  if (remembered.every((row) => row.length === width)) return;
  throw new Error(
    `The rows have ${width} entries, but those of the steps before had ${remembered[0]!.length}.`,
  );
}

function checkReach(combiner: GradientCombiner, lists: Rows): void {
  for (const list of lists) if (!list.every(Number.isFinite)) throw beyond(combiner);
}
