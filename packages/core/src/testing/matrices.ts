import { normal, randomFrom } from '../random.ts';

/** A matrix of gradients, one row per objective, and its known properties. */
export interface BankMatrix {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
  /**
   * Says if 0 is a convex combination of the rows: with a positive weight on every row (`strong`), only with
   * a zero weight somewhere (`weak`), not at all (`none`), or not known (null).
   */
  readonly stationary: 'strong' | 'weak' | 'none' | null;
  /** The largest length of a row divided by the smallest nonzero one. */
  readonly spread: number;
}

type Family = Pick<BankMatrix, 'name' | 'rows' | 'stationary'>;

const WIDTH = 8;
const SCALES: readonly number[] = [1e-10, 1e-3, 1, 1e5, 1e10];

/**
 * The matrices for the tests of every combiner: 1 to 6 rows, of full and of lower rank, with zero, duplicate,
 * parallel and opposite rows, stationary or not. Each comes at scales from 1e-10 to 1e10 and with one row
 * scaled alone. They are the same in every run.
 */
export function matrixBank(): readonly BankMatrix[] {
  return [1, 2, 3, 4, 5, 6].flatMap((count) => families(count).flatMap(scaled));
}

function families(count: number): readonly Family[] {
  const random = randomFrom(count);
  const gaussian = (rows: number, width = WIDTH) =>
    Array.from({ length: rows }, () => Array.from({ length: width }, () => normal(random)));
  const positive = () => Math.exp(normal(random));
  const named = (name: string, rows: number[][], stationary: Family['stationary']): Family => ({
    name: `${count} rows, ${name}`,
    rows,
    stationary,
  });

  const result = [named('normal', gaussian(count), 'none')];
  for (let rank = 1; rank < count; rank++) {
    result.push(named(`rank ${rank}`, multiply(gaussian(count, rank), gaussian(rank)), null));
  }
  result.push(named('one zero', [...gaussian(count - 1), zeros()], count === 1 ? 'strong' : 'weak'));
  if (count === 1) return result;

  result.push(named('all zero', Array.from({ length: count }, zeros), 'strong'));
  const independent = gaussian(count - 1);
  const first = independent[0]!;
  result.push(named('one duplicate', [...independent, [...first]], 'none'));
  result.push(named('one parallel', [...independent, first.map((x) => 3 * x)], 'none'));
  result.push(named('one opposed', [...independent, first.map((x) => -x)], count === 2 ? 'strong' : 'weak'));
  result.push(named('strongly stationary', balanced(gaussian(count - 1), positive), 'strong'));
  if (count > 2) {
    const rows = [...balanced(gaussian(count - 2), positive), ...gaussian(1)];
    result.push(named('weakly stationary', rows, 'weak'));
  }
  result.push(named('conflicting in a half-space', halfSpace(gaussian(count, 3), positive), 'none'));
  return result;
}

function scaled(family: Family): readonly BankMatrix[] {
  const whole = SCALES.map((scale) => ({
    ...family,
    name: `${family.name}, × ${scale}`,
    rows: family.rows.map((row) => row.map((x) => x * scale)),
  }));
  const alone = [1e-4, 1e4].map((scale) => ({
    ...family,
    name: `${family.name}, first row × ${scale}`,
    rows: family.rows.map((row, index) => (index === 0 ? row.map((x) => x * scale) : row)),
  }));
  return (family.rows.length === 1 ? whole : [...whole, ...alone]).map((matrix) => ({
    ...matrix,
    spread: spreadOf(matrix.rows),
  }));
}

/** The rows and one more row. A combination of all of them with positive weights is zero. */
function balanced(rows: number[][], positive: () => number): number[][] {
  const weights = rows.map(positive);
  return [
    ...rows,
    rows[0]!.map((_, entry) => -rows.reduce((sum, row, i) => sum + weights[i]! * row[entry]!, 0)),
  ];
}

/**
 * Rows that conflict with each other, but all have a positive part along the last of a few shared
 * coordinates.
 */
function halfSpace(rows: number[][], positive: () => number): number[][] {
  return rows.map((row) => {
    const tilt = 0.3 * positive();
    return [...row, tilt, ...zeros().slice(row.length + 1)];
  });
}

function multiply(left: number[][], right: number[][]): number[][] {
  return left.map((row) =>
    right[0]!.map((_, column) => row.reduce((sum, x, i) => sum + x * right[i]![column]!, 0)),
  );
}

function zeros(): number[] {
  return new Array<number>(WIDTH).fill(0);
}

function spreadOf(rows: readonly (readonly number[])[]): number {
  const lengths = rows.map((row) => Math.hypot(...row)).filter((length) => length > 0);
  return lengths.length === 0 ? 1 : Math.max(...lengths) / Math.min(...lengths);
}
