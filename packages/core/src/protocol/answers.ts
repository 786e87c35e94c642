import type {
  GradientCombiner,
  GramianCombination,
  GramianCombiner,
  GramianStep,
  LossCombiner,
  StepContext,
} from '../combiner.ts';
import { described, isPromise } from '../described.ts';

// Checks of a combiner's answer before it is used. Every error names the combiner.

/** The result of a method of a combiner. Throws for a promise, because a step does not wait for it. */
export function atOnce<Value>({ name }: GradientCombiner, method: string, value: Value): Value {
  if (!isPromise(value)) return value;
  // Without a handler, a rejection would end the process.
  value.then(undefined, () => undefined);
  throw new Error(
    `The combiner ${name} answered ${method}() with a promise, but a step does not wait for it. Mend its ${method}(): answer without async and await.`,
  );
}

/**
 * The answer of a combiner. If the combiner throws, the error gets its name: "x is not a function" alone
 * would send the reader to the wrong place.
 */
export function asked<Value>({ name }: GradientCombiner, ask: () => Value): Value {
  try {
    return ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && message.includes(name)) throw error;
    throw new Error(`The combiner ${name} failed: ${message}`, { cause: error });
  }
}

/** The result of combine(). Throws unless it is an object. */
export function answerOf<Answer>(combiner: GradientCombiner, wanted: string, answer: Answer): Answer {
  const given: unknown = atOnce(combiner, 'combine', answer);
  if (typeof given === 'object' && given !== null) return answer;
  throw new Error(
    `The combiner ${combiner.name} answered with ${described(given)} instead of { ${wanted} }. Mend its combine().`,
  );
}

/**
 * The answer to a step. Throws unless the direction, and each remembered row, has one finite coefficient per
 * row.
 */
export function checkedAnswer(
  combiner: GradientCombiner,
  answer: GramianCombination,
  rows: number,
  remembered: number,
  { losses, unit = 1 }: Pick<GramianStep, 'losses' | 'unit'>,
): GramianCombination {
  const { name } = combiner;
  const { coefficients, remember } = answerOf(combiner, 'coefficients', answer);
  const isList = Array.isArray(remember);
  const lists = isList ? remember.map((list, index) => [`remember[${index}]`, list] as const) : [];
  for (const [what, list] of [['coefficients', coefficients] as const, ...lists]) {
    const problem = problemOf(list, rows);
    if (problem && list?.length === rows && (unit !== 1 || losses.some(isExtreme))) throw beyond(combiner);
    if (problem)
      throw new Error(`The combiner ${name} answered with ${what} that ${problem}. Mend its combine().`);
  }
  if (remember !== undefined && !(isList && remember.length === remembered)) {
    throw new Error(
      `The combiner ${name} answered with ${isList ? remember.length : described(remember)} rows to remember, ` +
        `but remembers(setup) says ${remembered}. Mend it.`,
    );
  }
  return answer;
}

/**
 * The weights. Throws unless there is one finite weight per row. `losses` are the losses that the weights
 * come from, if any.
 */
export function checkedWeights(
  combiner: GradientCombiner,
  weights: readonly number[],
  rows: number,
  losses: readonly number[] = [],
): readonly number[] {
  const problem = problemOf(weights, rows);
  if (problem && weights?.length === rows && losses.some(isExtreme)) throw beyond(combiner);
  if (problem)
    throw new Error(`The combiner ${combiner.name} answered with weights that ${problem}. Mend it.`);
  return weights;
}

/** True if float64 cannot hold the square of a number. Float32 numbers are never that large or small. */
function isExtreme(x: number): boolean {
  return x !== 0 && (Math.abs(x) > 2 ** 500 || Math.abs(x) < 2 ** -500);
}

/**
 * The error for an answer that is infinite because gradients or losses are very large or small. The method
 * has made no mistake.
 */
export function beyond({ name }: GradientCombiner): Error {
  return new Error(
    `The answer of ${name} is beyond float64: the gradients or losses are too large or too small. Scale them.`,
  );
}

/** The next memory of a combiner that uses the losses after the step. */
export function memoryAfter<Memory>(
  combiner: LossCombiner<Memory> | GramianCombiner<Memory>,
  step: StepContext<Memory>,
): Memory {
  const memory = atOnce(
    combiner as GradientCombiner,
    'after',
    asked(combiner as GradientCombiner, () => combiner.after!(step)),
  );
  if (memory !== undefined || step.memory === undefined) return memory;
  throw new Error(
    `The combiner ${combiner.name} answered after() with undefined instead of its next memory. Mend its after().`,
  );
}

function problemOf(list: unknown, length: number): string | null {
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) return `are ${described(list)} instead of a list`;
  const numbers = list as readonly number[];
  if (numbers.length !== length) return `are ${numbers.length} numbers for ${length} rows`;
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  return bad < 0 ? null : `are not finite: number ${bad} is ${described(numbers[bad])}`;
}
