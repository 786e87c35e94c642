import type { VectorCombination } from '../vector-engine/combine.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { instrumented, type Method } from './instrumented.ts';
import type { Subject } from './layouts.ts';
import { answers, type Problem, problems, sequences } from './problems.ts';
import { checkSame, throughJson, twice, withoutGlobalChance } from './purity.ts';

/**
 * The contract of every combiner: checks, by the names of their tests. A check throws if the combiner breaks
 * it.
 */
export const contract: Readonly<Record<string, (subject: Subject) => void>> = {
  'answers any gradients with finite numbers': (subject) => {
    for (const problem of problems(subject)) checkFinite(answers(subject.create(), problem), problem.name);
  },

  'answers any losses with finite numbers, or refuses those that are not positive': (subject) => {
    for (const problem of sequences(subject)) {
      for (const [kind, losses] of Object.entries(LOSSES)) {
        const at = (objective: number, step: number) => losses[(objective + step) % losses.length]!;
        const steps = problem.steps.map((step, index) => ({
          ...step,
          losses: problem.objectives.map((_, objective) => at(objective, index)),
          lossesAfter: problem.objectives.map((_, objective) => at(objective, index + 1)),
        }));
        const name = `${problem.name}, ${kind} losses`;
        if (losses.every((loss) => loss > 0)) {
          checkFinite(answers(subject.create(), { ...problem, name, steps }), name);
        } else checkAnsweredOrRefused(subject, { ...problem, name, steps });
      }
    }
  },

  'takes steps from which objectives are absent': (subject) => {
    for (const problem of sequences(subject)) {
      for (const absent of absences(problem.objectives.length, subject.least ?? 1)) {
        const name = `${problem.name}, without objectives ${absent.map((set) => `[${set}]`)}`;
        const without = (step: number, rows: readonly (readonly number[] | null)[]) =>
          rows.map((row, objective) => (absent[step]!.includes(objective) ? null : row));
        const everywhere = problem.steps.map((step, index) => ({
          ...step,
          batches: step.batches.map((rows) => without(index, rows)),
        }));
        checkFinite(answers(subject.create(), { ...problem, name, steps: everywhere }), name);
        const inOneBatch = problem.steps.map((step, index) => ({
          ...step,
          batches: step.batches.map((rows, batch) =>
            batch === index % step.batches.length ? without(index, rows) : rows,
          ),
        }));
        checkAnsweredOrRefused(subject, { ...problem, name: `${name} in one batch`, steps: inOneBatch });
      }
    }
  },

  'leaves what it is given alone, and answers the same twice': (subject) => {
    for (const problem of problems(subject))
      answers(instrumented(subject.create(), twice(problem.name)), problem);
  },

  'nothing decides but the seed and the steps': (subject) => {
    for (const problem of problems(subject)) {
      const expected = withoutGlobalChance(() => answers(subject.create(), problem));
      // The answers of a new combiner, and of two engines that use it in turns.
      const combiner = subject.create();
      const { name, objectives, steps } = problem;
      const engines = [0, 1].map(() => createVectorEngine({ combiner, objectives, seed: 5 }));
      const turns = steps.map((step) => engines.map((engine) => engine.step(step)));
      for (const engine of engines.keys()) {
        const own = turns.map((turn) => turn[engine]!);
        checkSame(own, expected, `${name}: a new combiner, in two engines by turns`);
      }
    }
  },

  'goes on from memory that was JSON, in a new combiner': (subject) => {
    const anew = instrumented(subject.create(), (_, name) => (...given) => {
      const another = subject.create() as unknown as Record<string, Method>;
      return another[name]!(...given.map(throughJson));
    });
    for (const problem of problems(subject)) {
      checkSame(answers(anew, problem), answers(subject.create(), problem), problem.name);
    }
  },
};

const LOSSES: Readonly<Record<string, readonly number[]>> = {
  small: [1e-10, 3e-10],
  large: [1e10, 2e10],
  'far apart': [1e-10, 1, 1e10],
  zero: [0],
  negative: [-1, -2, -1e10],
  'positive, zero and negative': [1, 0, -1],
};

function checkFinite(combinations: readonly VectorCombination[], name: string): void {
  for (const [step, { direction, coefficients, certificate }] of combinations.entries()) {
    for (const [what, numbers] of Object.entries({
      direction,
      coefficients,
      'certificate.residual': certificate ? [certificate.residual] : [],
    })) {
      const bad = numbers.findIndex((x) => !Number.isFinite(x));
      if (bad >= 0) throw new Error(`${name}: step ${step}: ${what} has ${numbers[bad]} at ${bad}.`);
    }
  }
}

/** A method refuses input by throwing a plain Error. A TypeError or RangeError is an accident. */
class Refusal extends Error {}

function checkAnsweredOrRefused({ create }: Subject, problem: Problem): void {
  const combiner = instrumented(create(), (method) => (...given) => {
    try {
      return method(...given);
    } catch (error) {
      if (error instanceof Error && error.constructor === Error) throw new Refusal(error.message);
      throw error;
    }
  });
  try {
    checkFinite(answers(combiner, problem), problem.name);
  } catch (error) {
    if (!((error as Error).cause instanceof Refusal)) throw error;
  }
}

/** The objectives that are absent in each of four steps. */
function absences(count: number, least: number): readonly (readonly (readonly number[])[])[] {
  const most = (objectives: readonly number[]) => objectives.slice(0, Math.max(0, count - least));
  const all = Array.from({ length: count }, (_, objective) => objective);
  return all
    .flatMap((one) => {
      const others = all.filter((objective) => objective !== one);
      return [
        [most([one]), [], most(others), []],
        [most(others), most([one]), [], most(others)],
      ];
    })
    .filter((pattern) => pattern.some((absent) => absent.length > 0));
}
