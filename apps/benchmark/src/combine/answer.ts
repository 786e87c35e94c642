import type { Toolkit } from '@scalpel/bench';
import { parseJson } from '@scalpel/bench/text';
import {
  checkOptions,
  createVectorEngine,
  type GradientCombiner,
  type VectorCombination,
  type VectorEngine,
} from '@scalpel/core';
import { type Case, objectivesOf, parseCase, type Step } from './case.ts';
import { type Line, LONGEST } from './lines.ts';

/** One line of output. The id is null if it could not be read. */
export type Answer = { readonly id: string | number | null } & (
  | VectorCombination
  | { readonly steps: readonly VectorCombination[] }
  | { readonly error: string }
);

/** Combines the case in one line of JSON. Never throws: an error is an answer too. */
export function answer({ text, isWhole }: Line, toolkit: Toolkit): Answer {
  let id: Answer['id'] = idIn(text);
  try {
    if (!isWhole) throw new Error(`the line is longer than ${LONGEST} characters. Send smaller matrices`);
    const value = parse(text);
    id = idOf(value);
    return { id, ...combined(parseCase(value), toolkit) };
  } catch (error) {
    return { id, error: (error instanceof Error ? error.message : String(error)).replaceAll('\n', '; ') };
  }
}

function combined(
  given: Case,
  toolkit: Toolkit,
): VectorCombination | { readonly steps: readonly VectorCombination[] } {
  const definition = toolkit.combiner(given.combiner);
  // The schema has just checked these options, and `create` takes the options of its own definition.
  const options = checkOptions(definition.id, definition.options, given.options) as never;
  const engine = engineFor(definition.create(options), given);
  if (given.sequence === undefined) return stepped(engine, given);
  const steps = given.sequence.map((step, index) => {
    try {
      return stepped(engine, { ...shared(given), ...step });
    } catch (error) {
      throw new Error(`sequence[${index}]: ${(error as Error).message}`, { cause: error });
    }
  });
  return { steps };
}

function engineFor(combiner: GradientCombiner, given: Case): VectorEngine {
  const objectives = Array.from({ length: objectivesOf(given) }, (_, row) => ({
    name: `row ${row}`,
    priority: given.priorities?.[row] ?? row,
    weight: given.weights?.[row] ?? 1,
  }));
  return createVectorEngine({ combiner, objectives, seed: given.seed ?? 0 });
}

/** The fields of a case that hold for all steps of its sequence. */
function shared({ losses, lossesAfter, epoch }: Case): Step {
  return { losses, lossesAfter, epoch };
}

function stepped(
  engine: VectorEngine,
  { gradients, batches, losses, lossesAfter, epoch }: Step,
): VectorCombination {
  const given = batches ?? [gradients!];
  return engine.step({
    batches: given.map((rows, batch) =>
      rows.map((row, index) => {
        const position = losses?.length === rows.length ? index : batch * rows.length + index;
        return losses?.[position] === null ? null : row;
      }),
    ),
    // Losses of absent objectives are not used.
    ...(losses && { losses: losses.map((loss) => loss ?? 0) }),
    ...(lossesAfter && { lossesAfter: lossesAfter.map((loss) => loss ?? 0) }),
    ...(epoch !== undefined && { epoch }),
  });
}

function parse(line: string): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const hint = /\b(NaN|Infinity)\b/.test(line) ? ' (JSON has no NaN or Infinity)' : '';
    throw new Error(`the line is not JSON: ${(error as Error).message}${hint}`, { cause: error });
  }
}

function idOf(value: unknown): Answer['id'] {
  const id = (value as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** The id in a line that is not valid JSON. It tells the sender which line failed. */
function idIn(line: string): Answer['id'] {
  const text = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?)/.exec(line)?.[1];
  try {
    return text === undefined ? null : idOf({ id: JSON.parse(text) });
  } catch {
    return null;
  }
}
