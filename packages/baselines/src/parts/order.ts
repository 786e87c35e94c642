import { type GramianStep, type Setup, shuffle, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';

/**
 * The order in which each row meets the others. `random` draws a new order for each row in each step.
 * `ascending` is the order of the rows. A list per row gives the positions of the others among all
 * objectives.
 */
export type Order = 'random' | 'ascending' | readonly (readonly number[])[];

export const orderSchema: v.GenericSchema<Order> = v.union(
  [v.picklist(['random', 'ascending']), v.array(v.array(wholeNumber(0)))],
  "Give 'random', 'ascending', or one list per row, of the positions of the others",
);

/** The other rows present, in the order in which row `own` meets them. */
export function othersInOrder({ rows, setup, random }: GramianStep, own: number, order: Order): number[] {
  const others = [...rows.keys()].filter((row) => row !== own);
  if (order === 'ascending') return others;
  if (order === 'random') return shuffle(others, random);
  const given = (row: number) => setup.rows.findIndex(({ objective }) => objective === rows[row]!.objective);
  const present = new Map([...rows.keys()].map((row) => [given(row), row]));
  return order[given(own)]!.flatMap((position) => present.get(position) ?? []);
}

/** Throws unless each list holds every other objective exactly once. */
export function checkOrder(owner: string, order: Order, { rows }: Setup): void {
  if (typeof order === 'string') return;
  const examples = rows.find(({ example }) => example !== undefined);
  if (examples) {
    throw new Error(
      `${owner}: order is a list, but the examples of objective "${examples.objective}" have no fixed order. Give 'random' or 'ascending'.`,
    );
  }
  const expected = (own: number) => [...rows.keys()].filter((row) => row !== own);
  const wrong = [...rows.keys()].findIndex(
    (own) => String([...(order[own] ?? [])].sort((a, b) => a - b)) !== String(expected(own)),
  );
  if (wrong < 0 && order.length === rows.length) return;
  const problem =
    wrong < 0
      ? `has ${order.length} lists for ${rows.length} objectives`
      : `has [${order[wrong] ?? 'nothing'}] for objective ${wrong}`;
  throw new Error(
    `${owner}: order ${problem}. Give one list per objective, with the positions of all others in it: ` +
      `for the first [${expected(0)}], in any order.`,
  );
}
