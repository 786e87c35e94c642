import { z } from 'zod';
import { weakest } from './certificate.ts';
import { checkCombiner } from './check-combiner.ts';
import type {
  GradientCombiner,
  GradientRow,
  GramianCombination,
  GramianCombiner,
  GramianStep,
  Setup,
} from './combiner.ts';
import { checkedAnswer, memoryAfter } from './combiner-answers.ts';
import { checkOptions, numberThat } from './options.ts';
import { fork } from './random.ts';
import { asGramian } from './setup.ts';
import { SymmetricMatrix, unit } from './symmetric-matrix.ts';

const clippedOptions = z.strictObject({ norm: numberThat('a positive number', (x) => x > 0) });

/**
 * Scales the direction down to at most `norm` in length: d · min(1, norm / ‖d‖). Remembered rows are not touched. A direction that nearly cancels counts as long as
 * the precision of the inner products allows.
 * Under `perLayer` the length is that of each layer.
 */
export function clipped(combiner: GradientCombiner, options: { readonly norm: number }): GramianCombiner {
  const { norm } = checkOptions('clipped', clippedOptions, options);
  const inner = ungrouped('clipped', combiner);
  return {
    ...inner,
    name: `clipped(${inner.name})`,
    combine(step) {
      const answer = answerTo(inner, step);
      const length = longestOf(step, answer.coefficients);
      const most = norm / (step.unit ?? 1);
      if (length <= most) return answer;
      return { ...answer, coefficients: answer.coefficients.map((c) => (c * most) / length) };
    },
  };
}

/** The length of a combination of the rows or, where they nearly cancel, the longest that it may be. */
function longestOf({ gramian, precision }: GramianStep, coefficients: readonly number[]): number {
  const square = gramian.inner(coefficients, coefficients);
  const terms = coefficients.reduce((sum, c, row) => sum + Math.abs(c) * Math.sqrt(gramian.at(row, row)), 0);
  return Math.sqrt(Math.max(square, 10 * precision * terms ** 2));
}

interface SmoothedMemory {
  readonly inner: unknown;
  /** Average coefficients, by what their row belongs to. */
  readonly average: Readonly<Record<string, number>>;
}

const smoothedOptions = z.strictObject({
  decay: numberThat('in [0, 1)', (x) => x >= 0 && x < 1).default(0.9),
});

/**
 * CR-MOGM (Zhou et al., "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond", NeurIPS
 * 2022, alg. 1): the coefficients are replaced by their moving average κ·old + (1 − κ)·new, which starts at the first ones.
 * An objective that is absent keeps its average.
 */
export function smoothed(
  combiner: GradientCombiner,
  options: { readonly decay?: number } = {},
): GramianCombiner<SmoothedMemory> {
  const { decay } = checkOptions('smoothed', smoothedOptions, options);
  const inner = ungrouped('smoothed', combiner);
  const { after, ...rest } = inner;
  return {
    ...rest,
    ...(after && {
      after: (step) => ({
        ...step.memory,
        inner: memoryAfter(inner, { ...step, memory: step.memory.inner }),
      }),
    }),
    name: `smoothed(${inner.name})`,
    init: (setup) => ({ inner: inner.init?.(setup) ?? null, average: {} }),
    combine(step) {
      const answer = answerTo(inner, { ...step, memory: step.memory.inner });
      const keys = answer.coefficients.map((_, index) => rowKey(step.rows[index], index - step.rows.length));
      const coefficients = answer.coefficients.map((c, index) => {
        const before = step.memory.average[keys[index]!];
        return before === undefined ? c : decay * before + (1 - decay) * c;
      });
      const average = { ...step.memory.average };
      for (const [index, key] of keys.entries()) average[key] = coefficients[index]!;
      return { ...answer, coefficients, memory: { inner: answer.memory ?? step.memory.inner, average } };
    },
  };
}

/** A Gramian, an answer, remembered rows and memory of its own for each layer: variables that share the path of their name up to its last slash. */
export function perLayer(combiner: GradientCombiner): GramianCombiner {
  const inner = ungrouped('perLayer', combiner);
  return {
    ...inner,
    name: `perLayer(${inner.name})`,
    groups(variables) {
      const layers = variables.map((name) => name.slice(0, name.lastIndexOf('/') + 1) || name);
      const distinct = [...new Set(layers)];
      return layers.map((layer) => distinct.indexOf(layer));
    },
  };
}

interface ByLevelMemory {
  readonly within: readonly unknown[];
  readonly across: unknown;
}

const byLevelOptions = z.strictObject({ within: z.unknown(), across: z.unknown() });

/**
 * Combines the objectives of equal priority by `within`, then the levels, each now one row, by `across`. A level to which only one objective is
 * registered goes to `across` as it is. Each inner combiner has its own memory, its own block of remembered rows and its own random numbers.
 */
export function byLevel(options: {
  readonly within: GradientCombiner;
  readonly across: GradientCombiner;
}): GramianCombiner<ByLevelMemory> {
  const given = checkOptions('byLevel', byLevelOptions, options);
  const within = single('byLevel', given.within);
  const across = single('byLevel', given.across);
  return {
    name: `byLevel(${within.name}, ${across.name})`,
    needs: 'gramian',
    distances: within.distances === true || across.distances === true,
    check(setup) {
      for (const inner of sharedLevels(setup)) if (inner) within.check?.(inner);
      across.check?.(acrossSetup(setup));
    },
    remembers: (setup) =>
      sharedLevels(setup).reduce(
        (sum, inner) => sum + (inner ? (within.remembers?.(inner) ?? 0) : 0),
        across.remembers?.(acrossSetup(setup)) ?? 0,
      ),
    init: (setup) => ({
      within: sharedLevels(setup).map((inner) => (inner ? (within.init?.(inner) ?? null) : null)),
      across: across.init?.(acrossSetup(setup)) ?? null,
    }),
    combine(step) {
      const { setup, rows, gramian } = step;
      const size = gramian.size;
      const remember = Array.from({ length: size - rows.length }, (_, a) => unit(size, rows.length + a));
      let block = rows.length;
      const levels = sharedLevels(setup).map((inner, level) => {
        const own = rows.flatMap((row, index) => (row.level === level ? [index] : []));
        const random = fork(step.random);
        const start = block;
        block += inner ? (within.remembers?.(inner) ?? 0) : 0;
        if (own.length === 0) return null;
        if (inner === null) {
          return { row: unit(size, own[0]!), loss: step.losses[own[0]!]!, memory: null, certificate: null };
        }
        const indices = [...own, ...Array.from({ length: block - start }, (_, a) => start + a)];
        const basis = indices.map((index) => unit(size, index));
        const given = within.combine({
          ...step,
          setup: inner,
          rows: own.map((index) => ({ ...rows[index]!, level: 0 })),
          losses: own.map((index) => step.losses[index]!),
          gramian: gramian.lift(basis),
          ...distancesOf(step, basis.slice(0, own.length)),
          random,
          memory: step.memory.within[level],
        });
        const answer = checkedAnswer(within, given, indices.length, block - start, step);
        for (const [a, row] of (answer.remember ?? []).entries()) {
          remember[start - rows.length + a] = expand(row, basis, size);
        }
        const loss = own.reduce((sum, index, i) => sum + answer.coefficients[i]! * step.losses[index]!, 0);
        const { certificate = null } = answer;
        return { row: expand(answer.coefficients, basis, size), loss, memory: answer.memory, certificate };
      });
      const present = levels.flatMap((level, index) => (level ? [{ ...level, level: index }] : []));
      const averages = Array.from({ length: size - block }, (_, a) => unit(size, block + a));
      const basis = [...present.map(({ row }) => row), ...averages];
      const given = across.combine({
        ...step,
        setup: acrossSetup(setup),
        rows: present.map(({ level }) => levelRow(level)),
        losses: present.map(({ loss }) => loss),
        gramian: gramian.lift(basis),
        ...distancesOf(
          step,
          present.map(({ row }) => row),
        ),
        random: fork(step.random),
        memory: step.memory.across,
      });
      const answer = checkedAnswer(across, given, basis.length, size - block, step);
      for (const [a, row] of (answer.remember ?? []).entries()) {
        remember[block - rows.length + a] = expand(row, basis, size);
      }
      const certificate = weakest([...levels.map((level) => level?.certificate), answer.certificate]);
      return {
        coefficients: expand(answer.coefficients, basis, size),
        remember,
        memory: {
          within: levels.map((level, index) => level?.memory ?? step.memory.within[index]),
          across: answer.memory ?? step.memory.across,
        },
        ...(certificate && { certificate }),
      };
    },
  };
}

/** Squared distances between combinations of rows, where the step has them: those of two gradients are its own, others come from inner products. */
function distancesOf(
  { gramian, distances }: GramianStep,
  basis: readonly (readonly number[])[],
): Pick<GramianStep, 'distances'> {
  if (!distances) return {};
  const rows = basis.map((vector) => {
    const row = vector.indexOf(1);
    return vector.every((c, index) => c === (index === row ? 1 : 0)) ? row : -1;
  });
  const between = SymmetricMatrix.from(basis.length, (i, j) => {
    if (rows[i]! >= 0 && rows[j]! >= 0) return distances.at(rows[i]!, rows[j]!);
    const difference = basis[i]!.map((c, index) => c - basis[j]![index]!);
    return Math.max(0, gramian.inner(difference, difference));
  });
  return { distances: between };
}

/** The setup inside each level that several objectives share, null for the others. */
function sharedLevels({ rows, levels }: Setup): (Setup | null)[] {
  return Array.from({ length: levels }, (_, level) => {
    const own = rows.filter((row) => row.level === level).map((row) => ({ ...row, level: 0 }));
    return own.length > 1 ? { rows: own, levels: 1 } : null;
  });
}

function acrossSetup({ levels }: Setup): Setup {
  return { rows: Array.from({ length: levels }, (_, level) => levelRow(level)), levels };
}

function levelRow(level: number): GradientRow {
  return { objective: `level ${level}`, level, batch: 0 };
}

/** Σ coefficient · basis vector. */
function expand(
  coefficients: readonly number[],
  basis: readonly (readonly number[])[],
  size: number,
): number[] {
  return Array.from({ length: size }, (_, entry) =>
    coefficients.reduce((sum, c, index) => sum + (c === 0 ? 0 : c * basis[index]![entry]!), 0),
  );
}

function rowKey(row: GradientRow | undefined, remembered: number): string {
  return row ? `${row.objective} (batch ${row.batch})` : `remembered ${remembered}`;
}

function answerTo(inner: GramianCombiner, step: GramianStep): GramianCombination {
  const { size } = step.gramian;
  return checkedAnswer(inner, inner.combine(step), size, size - step.rows.length, step);
}

function ungrouped(wrapper: string, combiner: unknown): GramianCombiner {
  checkCombiner(wrapper, combiner);
  const inner = asGramian(combiner);
  if (inner.groups) {
    throw new Error(
      `${wrapper} cannot hold ${inner.name}: put perLayer outermost, as in perLayer(${wrapper}(…)).`,
    );
  }
  return inner;
}

function single(wrapper: string, combiner: unknown): GramianCombiner {
  const inner = ungrouped(wrapper, combiner);
  if (inner.after || (inner.batches ?? 1) > 1) {
    const why = inner.after ? 'looks at the losses again after the step' : 'takes several batches a step';
    throw new Error(`${wrapper} cannot hold ${inner.name}, which ${why}. Use it alone.`);
  }
  return inner;
}
