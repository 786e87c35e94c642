import * as v from 'valibot';
import { combination, unit } from '../coefficients.ts';
import type {
  Certificate,
  GradientCombiner,
  GramianCombination,
  GramianCombiner,
  GramianStep,
} from '../combiner.ts';
import { checkOptions } from '../options.ts';
import { checkedAnswer } from '../protocol/answers.ts';
import { checkExamples } from '../protocol/check-examples.ts';
import { weakest } from '../protocol/weakest-certificate.ts';
import { fork } from '../random.ts';
import { single } from './inner.ts';
import { acrossSetup, levelRow, sharedLevels } from './level-setups.ts';
import { lifted } from './lifted-step.ts';

interface ByLevelMemory {
  readonly within: readonly unknown[];
  readonly across: unknown;
}

const byLevelOptions = v.strictObject({ within: v.unknown(), across: v.unknown() });

/**
 * Combines the objectives of equal priority by `within`. Each level is then one row, and `across` combines
 * these rows. A level with a single registered objective goes to `across` as it is. Each inner combiner has
 * its own memory, its own block of remembered rows and its own random numbers.
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
    // The rows that `across` sees are levels.
    memoryOf: 'levels',
    distances: within.distances === true || across.distances === true,
    check(setup) {
      for (const inner of sharedLevels(setup)) {
        if (inner === null) continue;
        within.check?.(inner);
        checkExamples(within, inner);
      }
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
      const levels = combineWithin(within, step);
      const { answer, remember } = combineAcross(across, step, levels);
      const certificate = weakest([...levels.map((level) => level.certificate), answer.certificate]);
      return {
        coefficients: answer.coefficients,
        remember: [...levels.flatMap((level) => level.remember), ...remember],
        memory: {
          within: levels.map(({ memory }, level) => memory ?? step.memory.within[level]),
          across: answer.memory ?? step.memory.across,
        },
        ...(certificate && { certificate }),
      };
    },
  };
}

interface LevelAnswer {
  /**
   * The level's row as a combination of the step's rows, and its loss. Null if all of its objectives are
   * absent.
   */
  readonly row: { readonly coefficients: readonly number[]; readonly loss: number } | null;
  /** The next remembered rows of the level's block. */
  readonly remember: readonly (readonly number[])[];
  /** The next memory. If absent, the memory stays. */
  readonly memory?: unknown;
  readonly certificate?: Certificate | undefined;
}

/** Combines each level alone. The blocks of remembered rows follow each other in the order of the levels. */
function combineWithin(within: GramianCombiner, step: GramianStep<ByLevelMemory>): readonly LevelAnswer[] {
  const { setup, rows, losses, gramian } = step;
  const { size } = gramian;
  let start = rows.length;
  return sharedLevels(setup).map((inner, level): LevelAnswer => {
    const own = rows.flatMap((row, index) => (row.level === level ? [index] : []));
    const random = fork(step.random);
    const count = inner ? (within.remembers?.(inner) ?? 0) : 0;
    const block = Array.from({ length: count }, (_, a) => unit(size, start + a));
    start += count;
    if (own.length === 0) return { row: null, remember: block };
    if (inner === null) {
      return { row: { coefficients: unit(size, own[0]!), loss: losses[own[0]!]! }, remember: [] };
    }
    const gradients = own.map((index) => unit(size, index));
    const basis = [...gradients, ...block];
    const given = within.combine({
      ...lifted(step, gradients, block),
      setup: inner,
      rows: own.map((index) => ({ ...rows[index]!, level: 0 })),
      losses: own.map((index) => losses[index]!),
      random,
      memory: step.memory.within[level],
    });
    const answer = checkedAnswer(within, given, basis.length, count, step);
    const { coefficients, remember, memory, certificate } = answer;
    return {
      row: {
        coefficients: combination(coefficients, basis),
        loss: own.reduce((sum, index, i) => sum + coefficients[i]! * losses[index]!, 0),
      },
      remember: remember?.map((row) => combination(row, basis)) ?? block,
      memory,
      certificate,
    };
  });
}

/** Combines the rows of the levels by `across`, whose block of remembered rows is the last. */
function combineAcross(
  across: GramianCombiner,
  step: GramianStep<ByLevelMemory>,
  levels: readonly LevelAnswer[],
): { readonly answer: GramianCombination; readonly remember: readonly (readonly number[])[] } {
  const { size } = step.gramian;
  const start = step.rows.length + levels.reduce((sum, { remember }) => sum + remember.length, 0);
  const present = levels.flatMap(({ row }, level) => (row ? [{ ...row, level }] : []));
  const gradients = present.map(({ coefficients }) => coefficients);
  const block = Array.from({ length: size - start }, (_, a) => unit(size, start + a));
  const basis = [...gradients, ...block];
  const given = across.combine({
    ...lifted(step, gradients, block),
    setup: acrossSetup(step.setup),
    rows: present.map(({ level }) => levelRow(level)),
    losses: present.map(({ loss }) => loss),
    random: fork(step.random),
    memory: step.memory.across,
  });
  const answer = checkedAnswer(across, given, basis.length, block.length, step);
  return {
    answer: { ...answer, coefficients: combination(answer.coefficients, basis) },
    remember: answer.remember?.map((row) => combination(row, basis)) ?? block,
  };
}
