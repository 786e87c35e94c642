import type {
  GradientCombiner,
  GramianCombination,
  GramianCombiner,
  GramianStep,
  LossCombiner,
  StepContext,
} from '../combiner.ts';
import { described, isPromise } from '../described.ts';

// A combiner that answers nonsense is stopped by its name, before anything is made of the answer.

/** What a method of a combiner answered, unless that is a promise: a step waits for nobody. */
export function atOnce<Value>({ name }: GradientCombiner, method: string, value: Value): Value {
  if (!isPromise(value)) return value;
  // Else what it is rejected with ends the process.
  value.then(undefined, () => undefined);
  throw new Error(
    `The combiner ${name} answered ${method}() with a promise, but a step does not wait for it. Mend its ${method}(): answer without async and await.`,
  );
}

/** What a combiner answers, or an error that names it: whoever reads "x is not a function" looks for it in their own code. */
export function asked<Value>({ name }: GradientCombiner, ask: () => Value): Value {
  try {
    return ask();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && message.includes(name)) throw error;
    throw new Error(`The combiner ${name} failed: ${message}`, { cause: error });
  }
}

/** What combine() answered, if that is an object at all. */
export function answerOf<Answer>(combiner: GradientCombiner, wanted: string, answer: Answer): Answer {
  const given: unknown = atOnce(combiner, 'combine', answer);
  if (typeof given === 'object' && given !== null) return answer;
  throw new Error(
    `The combiner ${combiner.name} answered with ${described(given)} instead of { ${wanted} }. Mend its combine().`,
  );
}

/** The answer to a step, if it fits the rows; one with NaN or too few coefficients is refused. */
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

/** Weights over the rows, if there is one finite weight for each; with the losses that they were made of, if any. */
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

/** Numbers whose squares float64 does not hold. Those of float32 are never that large or small. */
function isExtreme(x: number): boolean {
  return x !== 0 && (Math.abs(x) > 2 ** 500 || Math.abs(x) < 2 ** -500);
}

/** What is infinite because numbers are very large or small is no mistake of the method. */
export function beyond({ name }: GradientCombiner): Error {
  return new Error(
    `The answer of ${name} is beyond float64: the gradients or losses are too large or too small. Scale them.`,
  );
}

/** The next memory of a combiner that looks at the losses after the step. */
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
