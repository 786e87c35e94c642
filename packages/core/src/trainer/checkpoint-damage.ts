import { described } from '../described.ts';
import type { KeptCoefficients } from '../direction/direction.ts';
import type { Checkpoint } from './checkpoint.ts';
import { damageOf, notFinite } from './restore-tensor.ts';

type Look = (where: string, value: unknown) => void;

/**
 * The first place where a checkpoint does not have the form that a trainer saves, and the problem there.
 * Undefined if the checkpoint is complete. The checks are written by hand, because a schema of records would
 * make pages larger.
 */
export function damageIn(checkpoint: Checkpoint): string | undefined {
  const problems: string[] = [];
  const must = (where: string, value: unknown, isRight: boolean, kind: string) => {
    if (!isRight) problems.push(`${where}: it is ${described(value)}, but must be ${kind}`);
    return isRight;
  };
  const text: Look = (where, value) => must(where, value, typeof value === 'string', 'a text');
  const whole =
    (from: number): Look =>
    (where, value) =>
      must(
        where,
        value,
        Number.isSafeInteger(value) && (value as number) >= from,
        `a whole number from ${from}`,
      );
  const listOf =
    (entry: Look): Look =>
    (where, value) => {
      if (!must(where, value, Array.isArray(value), 'a list')) return;
      for (const [index, one] of (value as unknown[]).entries()) entry(`${where}.${index}`, one);
    };
  const recordOf =
    (entry: Look): Look =>
    (where, value) => {
      if (!must(where, value, isObject(value), 'an object')) return;
      for (const [name, one] of Object.entries(value as object)) entry(`${where}.${name}`, one);
    };
  const tensor: Look = (where, value) => {
    const damage = damageOf(value);
    if (damage !== null) problems.push(`${where}: the tensor ${damage}`);
  };
  /** Saved numbers are finite, as they are whenever training goes on. */
  const finite: Look = (where, value) => {
    const damage = damageOf(value) ?? notFinite(value);
    if (damage !== null) problems.push(`${where}: the tensor ${damage}`);
  };
  const accumulator: Look = (where, value) => {
    if (!must(where, value, isObject(value), 'an object')) return;
    const { name, tensor } = value as { readonly name: unknown; readonly tensor: unknown };
    text(`${where}.name`, name);
    finite(`${where}.tensor`, tensor);
  };

  text('combiner', checkpoint.combiner);
  listOf(text)('objectives', checkpoint.objectives);
  whole(Number.MIN_SAFE_INTEGER)('seed', checkpoint.seed);
  whole(0)('step', checkpoint.step);
  const { over } = checkpoint;
  if (Array.isArray(over)) listOf(text)('over', over);
  else
    must(
      'over',
      over,
      (['all', 'shared', 'representation'] as unknown[]).includes(over),
      "'all', 'shared', 'representation' or a list",
    );
  if (checkpoint.shared !== null) listOf(text)('shared', checkpoint.shared);
  recordOf(finite)('variables', checkpoint.variables);
  recordOf(tensor)('state', checkpoint.state);
  const { optimizer } = checkpoint;
  if (optimizer !== null && must('optimizer', optimizer, isObject(optimizer), 'an object')) {
    whole(0)('optimizer.iterations', optimizer.iterations);
    recordOf(finite)('optimizer.scalars', optimizer.scalars);
    recordOf(listOf(accumulator))('optimizer.accumulators', optimizer.accumulators);
  }
  listOf(listOf((where, row) => row === null || finite(where, row)))('remembered', checkpoint.remembered);
  listOf(() => {})('memory', checkpoint.memory);
  const { coefficients = null } = checkpoint;
  if (coefficients !== null && must('coefficients', coefficients, isObject(coefficients), 'an object')) {
    whole(0)('coefficients.step', coefficients.step);
    listOf((where, row) => {
      if (!must(where, row, isObject(row), 'an object')) return;
      const { objective, batch, coefficient } = row as KeptCoefficients['rows'][0];
      text(`${where}.objective`, objective);
      whole(0)(`${where}.batch`, batch);
      must(`${where}.coefficient`, coefficient, Number.isFinite(coefficient), 'a finite number');
    })('coefficients.rows', coefficients.rows);
  }
  return problems[0];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
