import { z } from 'zod';
import { checkCombiner } from './check-combiner.ts';
import type { Certificate, ElementCombiner, ElementStep, GradientCombiner, Setup } from './combiner.ts';
import {
  asked,
  atOnce,
  beyond,
  checkedAnswer,
  initialOf,
  memoryAfter,
  rememberedBy,
} from './combiner-answers.ts';
import { described } from './described.ts';
import { checkOptions, wholeNumber } from './options.ts';
import { fork, randomFrom } from './random.ts';
import { asGramian, batchesOf, type Placed, setupOf } from './setup.ts';
import { SymmetricMatrix } from './symmetric-matrix.ts';
import { unitOf } from './unit.ts';

/** Runs a combiner on plain float64 vectors, without tensors: the reference for every other engine. */
export interface VectorEngine {
  /** Throws on ragged, missing or non-finite input, and whatever the combiner refuses; then nothing has changed. */
  step(input: VectorStep): VectorCombination;
}

export interface VectorStep {
  /** One list of rows per batch; a row per objective, in their order; null where an objective is absent. */
  readonly batches: readonly (readonly (readonly number[] | null)[])[];
  /** One loss per objective, or per objective and batch; default 0. */
  readonly losses?: readonly number[];
  /** The losses after the step, for combiners that look at them. */
  readonly lossesAfter?: readonly number[];
  readonly epoch?: number;
}

export interface VectorCombination {
  readonly direction: readonly number[];
  /** Over the rows present, then the remembered rows: direction = Σ coefficient · row. Empty for element-wise combiners. */
  readonly coefficients: readonly number[];
  readonly certificate?: Certificate;
}

/** Relative error of an inner product, however many entries rows have. */
const PRECISION = 1e-16;

const schema = z.strictObject({
  combiner: z.unknown(),
  objectives: z.array(z.unknown()),
  seed: wholeNumber(Number.MIN_SAFE_INTEGER).optional(),
});

export function createVectorEngine(options: {
  readonly combiner: GradientCombiner;
  readonly objectives: readonly Placed[];
  readonly seed?: number;
}): VectorEngine {
  checkOptions('createVectorEngine', schema, options);
  const { combiner, objectives, seed = 0 } = options;
  checkCombiner('createVectorEngine', combiner);
  const batches = batchesOf(combiner);
  const setup = setupOf(objectives, batches);
  combiner.check?.(setup);
  const combine = combiner.needs === 'elements' ? byElement(combiner) : byCoefficients(combiner, setup);
  let step = 0;

  return {
    step(input) {
      const vectors = rowsOf(input, objectives, batches);
      const present = setup.rows.map((_, index) => index).filter((index) => vectors[index] !== null);
      if (present.length === 0) throw new Error('Every objective is absent: there is nothing to combine.');
      const weights = present.map((index) => objectives[index % objectives.length]!.weight ?? 1);
      const context = (losses: readonly number[] | undefined): ElementStep => ({
        setup,
        rows: present.map((index) => setup.rows[index]!),
        losses: lossesOf(losses, present, setup.rows.length, objectives.length).map((loss, row) =>
          weighted(loss, weights[row]!),
        ),
        step,
        epoch: input.epoch ?? 0,
        random: randomFrom(seed, step),
      });
      const answer = combine(
        present.map((index, row) => vectors[index]!.map((x) => weighted(x, weights[row]!))),
        context(input.losses),
        input.lossesAfter && context(input.lossesAfter),
        weights,
      );
      step++;
      return answer;
    },
  };
}

function weighted(x: number, weight: number): number {
  const product = x * weight;
  if (Number.isFinite(product)) return product;
  throw new Error(`${x} times the weight ${weight} of its objective is infinite. Scale them down.`);
}

/** From the weighted rows present and their weights, and what is known before and after the step. Changes its state last of all. */
type Combine = (
  gradients: readonly (readonly number[])[],
  before: ElementStep,
  after: ElementStep | undefined,
  weights: readonly number[],
) => VectorCombination;

function byElement(combiner: ElementCombiner): Combine {
  return (gradients, before) => {
    // As the trainer's for its first variable.
    const random = fork(before.random);
    const direction = gradients[0]!.map((_, entry) =>
      atOnce(
        combiner,
        'element',
        asked(combiner, () =>
          combiner.element({ ...before, random, column: gradients.map((row) => row[entry]!) }),
        ),
      ),
    );
    const bad = direction.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) {
      // So large that sums of some of them may be infinite.
      if (gradients.some((row) => Math.abs(row[bad]!) >= 2 ** 1000)) throw beyond(combiner);
      throw new Error(
        `The combiner ${combiner.name} answered with ${described(direction[bad])} for element ${bad}. Mend its element().`,
      );
    }
    return { direction, coefficients: [] };
  };
}

function byCoefficients(given: Exclude<GradientCombiner, ElementCombiner>, setup: Setup): Combine {
  const combiner = asGramian(given);
  let state: readonly (readonly number[])[] | undefined;
  const rowCount = rememberedBy(combiner, setup);
  let memory = initialOf(combiner, setup);
  return (gradients, before, after, weights) => {
    const width = gradients[0]!.length;
    const remembered = state ?? Array.from({ length: rowCount }, () => new Array<number>(width).fill(0));
    if (remembered.some((row) => row.length !== width)) {
      throw new Error(
        `The rows have ${width} entries, but those of the steps before had ${remembered[0]!.length}.`,
      );
    }
    const all = [...gradients, ...remembered];
    const unit = given.needs === 'gramian' ? unitOf(all, gradients.length) : 1;
    const rows = unit === 1 ? all : all.map((row) => row.map((x) => x / unit));
    const gramian = SymmetricMatrix.from(rows.length, (i, j) => innerProduct(rows[i]!, rows[j]!));
    const distances = combiner.distances ? squaredDistances(rows.slice(0, gradients.length)) : undefined;
    const seen = { gramian, precision: PRECISION, unit, ...(distances && { distances }) };
    const step = { ...before, memory, ...seen };
    const answer = checkedAnswer(
      combiner,
      asked(combiner, () => combiner.combine(step)),
      rows.length,
      remembered.length,
      step,
    );
    const [direction, ...remember] = [answer.coefficients, ...(answer.remember ?? [])].map((list) =>
      combined(rows, list, width).map((x) => x * unit),
    );
    // Of the rows as they were given.
    const coefficients = answer.coefficients.map((c, row) => c * (weights[row] ?? 1));
    checkReach(combiner, [coefficients, direction!, ...remember]);
    const next = answer.memory ?? memory;
    memory = combiner.after && after ? memoryAfter(combiner, { ...after, memory: next }) : next;
    state = answer.remember ? remember : remembered;
    const { certificate } = answer;
    return { direction: direction!, coefficients, ...(certificate && { certificate }) };
  };
}

/** Σ aᵢ bᵢ, with the rounding errors of its sums added up too: Ogita, Rump, Oishi, "Accurate Sum and Dot Product", SIAM J. Sci. Comput. 26, 2005. */
function innerProduct(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  let errors = 0;
  for (let entry = 0; entry < a.length; entry++) {
    const term = a[entry]! * b[entry]!;
    const next = sum + term;
    const part = next - sum;
    errors += sum - (next - part) + (term - part);
    sum = next;
  }
  // Where the sum is infinite, the errors are not numbers.
  return Number.isFinite(sum) ? sum + errors : sum;
}

function squaredDistances(rows: readonly (readonly number[])[]): SymmetricMatrix {
  return SymmetricMatrix.from(rows.length, (i, j) =>
    rows[i]!.reduce((sum, x, entry) => sum + (x - rows[j]![entry]!) ** 2, 0),
  );
}

function checkReach(combiner: GradientCombiner, lists: readonly (readonly number[])[]): void {
  for (const list of lists) if (!list.every(Number.isFinite)) throw beyond(combiner);
}

function rowsOf(
  input: VectorStep,
  objectives: readonly Placed[],
  batches: number,
): readonly (readonly number[] | null)[] {
  if (input.batches.length !== batches) {
    throw new Error(
      `This combiner takes ${batches} batch(es) of gradients a step, but got ${input.batches.length}.`,
    );
  }
  for (const [batch, rows] of input.batches.entries()) {
    if (rows.length !== objectives.length) {
      throw new Error(
        `Batch ${batch} has ${rows.length} rows for ${objectives.length} objectives. Give one row each.`,
      );
    }
  }
  const rows = input.batches.flat();
  const width = rows.find((row) => row !== null)?.length ?? 0;
  for (const [index, row] of rows.entries()) {
    if (row === null) continue;
    if (row.length !== width) {
      throw new Error(
        `Row ${index} has ${row.length} entries, but the first has ${width}. Give rows of one length.`,
      );
    }
    const entry = row.findIndex((x) => !Number.isFinite(x));
    if (entry >= 0)
      throw new Error(`Row ${index}, entry ${entry} is ${row[entry]}. Gradients must be finite.`);
  }
  return rows;
}

/** Of the rows present. */
function lossesOf(
  losses: readonly number[] | undefined,
  present: readonly number[],
  rows: number,
  objectives: number,
): readonly number[] {
  if (losses === undefined) return present.map(() => 0);
  if (losses.length !== rows && losses.length !== objectives) {
    throw new Error(`There are ${losses.length} losses for ${objectives} objectives. Give one each.`);
  }
  return present.map((row) => {
    const loss = losses[row % losses.length]!;
    if (!Number.isFinite(loss)) throw new Error(`The loss of row ${row} is ${loss}. Losses must be finite.`);
    return loss;
  });
}

function combined(
  rows: readonly (readonly number[])[],
  coefficients: readonly number[],
  width: number,
): number[] {
  return Array.from({ length: width }, (_, entry) =>
    rows.reduce(
      (sum, row, index) => sum + (coefficients[index] === 0 ? 0 : coefficients[index]! * row[entry]!),
      0,
    ),
  );
}
