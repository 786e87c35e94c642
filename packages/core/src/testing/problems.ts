import type { GradientCombiner } from '../combiner.ts';
import { batchesOf } from '../protocol/declared.ts';
import { type ObjectivePriority, setupOf } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import type { VectorCombination } from '../vector-engine/combine.ts';
import type { VectorStep } from '../vector-engine/input.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { COUNTS, layouts, refusal, type Subject } from './layouts.ts';
import { type BankMatrix, matrixBank } from './matrices.ts';

/** Some steps for a new engine. The last step is on `matrix`, or on a multiple of it. */
export interface Problem {
  readonly name: string;
  readonly matrix: BankMatrix;
  readonly objectives: readonly ObjectivePriority[];
  readonly steps: readonly VectorStep[];
}

/** Factors of all gradients in some further problems. The squares of these gradients are beyond float64. */
const EXTREMES = [2 ** -600, 2 ** 600];

/**
 * The bank of matrices, in arrangements that the method accepts. If the method has a memory, each matrix
 * comes once as the first step and once after two other steps. Some ordinary matrices also come near the
 * limits of float64.
 */
export function problems(subject: Subject): readonly Problem[] {
  const found = plainProblems(subject);
  const ordinary = found.filter(({ matrix }) => /(normal|half-space), × 1$/.test(matrix.name));
  const extreme = EXTREMES.flatMap((scale) => ordinary.map((problem) => longer(problem, scale)));
  return [...found, ...extreme];
}

function longer(problem: Problem, scale: number): Problem {
  return {
    ...problem,
    name: `${problem.name}, all × ${scale}`,
    steps: problem.steps.map((step) => ({
      ...step,
      batches: step.batches.map((rows) => rows.map((row) => row!.map((x) => x * scale))),
    })),
  };
}

function plainProblems(subject: Subject): readonly Problem[] {
  const combiner = subject.create();
  const bank = matrixBank();
  const found = COUNTS.flatMap((count) => {
    const accepted = layouts(subject, count);
    const matrices = bank.filter(({ rows }) => rows.length === count);
    return matrices.flatMap((matrix, index) => {
      if (accepted.length === 0) return [];
      const objectives = accepted[index % accepted.length]!;
      const histories = isStateful(combiner, objectives) ? [0, 2] : [0];
      return histories.map((length) => {
        // Each of these is from another family, so that neither is a multiple of the matrix.
        const others = Array.from(
          { length },
          (_, step) => matrices[(index + 15 * (step + 1)) % matrices.length]!,
        );
        const sequence = [...others, matrix];
        return {
          name: `${combiner.name} on ${matrix.name}, levels ${objectives.map(({ priority }) => priority)}${length > 0 ? ', after other steps' : ''}`,
          matrix,
          objectives,
          steps: sequence.map(({ rows }, step) => stepOf(combiner, matrices, rows, step)),
        };
      });
    });
  });
  if (found.length === 0) throw refusal(subject);
  return found;
}

/**
 * Four steps on ordinary matrices, for every number and arrangement of objectives that the method accepts.
 */
export function sequences(subject: Subject): readonly Problem[] {
  const combiner = subject.create();
  const bank = matrixBank().filter(({ name }) => name.endsWith('× 1'));
  return COUNTS.flatMap((count) => {
    const matrices = bank.filter(({ rows }) => rows.length === count);
    return layouts(subject, count).map((objectives) => ({
      name: `${combiner.name}, levels ${objectives.map(({ priority }) => priority)}`,
      matrix: matrices[0]!,
      objectives,
      steps: [1, 2, 3, 0].map((index, step) =>
        stepOf(combiner, matrices, matrices[index % matrices.length]!.rows, step),
      ),
    }));
  });
}

/** One step on these rows. Further batches of the method have other matrices, and the losses are positive. */
function stepOf(
  combiner: GradientCombiner,
  others: readonly BankMatrix[],
  rows: VectorStep['batches'][number],
  step: number,
): Required<VectorStep> {
  const further = Array.from(
    { length: batchesOf(combiner) - 1 },
    (_, batch) => others[(step + 15 * (batch + 1)) % others.length]!.rows,
  );
  const random = randomFrom(step);
  const losses = rows.map(() => Math.exp(4 * random() - 2));
  return {
    batches: [...further, rows],
    losses,
    lossesAfter: losses.map((loss) => loss * (1.05 - 0.2 * random())),
    epoch: step,
  };
}

/** The answers of a new engine to each step. */
export function answers(
  combiner: GradientCombiner,
  { name, objectives, steps }: Problem,
): readonly VectorCombination[] {
  const engine = createVectorEngine({ combiner, objectives, seed: 5 });
  return steps.map((step, index) => {
    try {
      return engine.step(step);
    } catch (error) {
      throw new Error(`${name}: step ${index}: ${(error as Error).message}`, { cause: error });
    }
  });
}

function isStateful(combiner: GradientCombiner, objectives: readonly ObjectivePriority[]): boolean {
  if (combiner.needs === 'nothing' || combiner.needs === 'elements') return false;
  if (combiner.init) return true;
  const rows = combiner.needs === 'gramian' && combiner.remembers?.(setupOf(objectives, batchesOf(combiner)));
  return typeof rows === 'number' && rows > 0;
}
