import { suggestion } from '@scalpel/core/nearest';
import type { ClassWeights } from './example-weights.ts';

/**
 * Weights of classes as `model.fit` takes them. A model with one output may have its weights alone. A model
 * with several has them by output, or as a list in the order of its outputs.
 */
export type ClassWeight =
  | ClassWeights
  | readonly (ClassWeights | null)[]
  | Readonly<Record<string, ClassWeights | null>>;

/**
 * One entry for each output; null where all classes weigh the same. Throws unless weights are finite and >=
 * 0.
 */
export function classWeightsOf(
  outputNames: readonly string[],
  given: ClassWeight | undefined,
): readonly (ClassWeights | null)[] {
  if (given === undefined) return outputNames.map(() => null);
  const all = byOutput(outputNames, given);
  for (const [index, classes] of all.entries()) {
    for (const [number, weight] of Object.entries(classes ?? {})) {
      if (Number.isFinite(weight) && weight >= 0) continue;
      throw new Error(
        `classWeight of "${outputNames[index]}": that of class ${number} is ${String(weight)}, but must be a finite number >= 0.`,
      );
    }
  }
  return all;
}

function byOutput(names: readonly string[], given: ClassWeight): readonly (ClassWeights | null)[] {
  if (Array.isArray(given)) {
    if (given.length === names.length) return given;
    throw new Error(
      `classWeight has ${given.length} entries, but the model has ${names.length} outputs: ${names.join(', ')}.`,
    );
  }
  const entries = Object.entries(given as Readonly<Record<string, unknown>>);
  if (entries.every(([, value]) => typeof value === 'number')) {
    if (names.length === 1) return [given as ClassWeights];
    throw new Error(
      `classWeight: the model has the outputs ${names.join(', ')}. Give weights by output, as in { ${names[0]}: { 0: 1, 1: 5 } }.`,
    );
  }
  for (const [name] of entries) {
    if (!names.includes(name))
      throw new Error(`classWeight: the model has no output "${name}". ${suggestion(name, names)}`);
  }
  const byName = given as Readonly<Record<string, ClassWeights | null>>;
  return names.map((name) => byName[name] ?? null);
}
