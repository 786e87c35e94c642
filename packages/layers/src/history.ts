import type { StepReport } from '@scalpel/core';
import { Averages } from './logs.ts';

/** The course of one objective, with one entry for each epoch. Null where nothing was measured. */
export interface ObjectiveHistory {
  /** The mean loss, with the penalties that belong to the objective. */
  readonly loss: (number | null)[];
  /** The share of steps, from 0 to 1, whose direction made the objective worse, to first order. */
  readonly worsened: (number | null)[];
  /** The mean cosine, from -1 to 1, between its gradient and that of each other objective. */
  readonly cosines: Readonly<Record<string, (number | null)[]>>;
  /** The number of steps in which the objective had no loss. */
  readonly absent: number[];
}

/** The result of `fit`, as plain data. */
export interface FitHistory {
  /** The numbers of the epochs, counted from 0. */
  readonly epoch: number[];
  /** The logs of each epoch by name, as in `model.fit`. NaN where an epoch has no value for a name. */
  readonly history: Record<string, number[]>;
  readonly objectives: Readonly<Record<string, ObjectiveHistory>>;
}

export function emptyHistory(names: readonly string[]): FitHistory {
  const others = (name: string) => names.filter((other) => other !== name).map((other) => [other, []]);
  const objectives = names.map((name): [string, ObjectiveHistory] => [
    name,
    { loss: [], worsened: [], cosines: Object.fromEntries(others(name)), absent: [] },
  ]);
  return { epoch: [], history: {}, objectives: Object.fromEntries(objectives) };
}

/** Adds one epoch to the history. */
export function record(
  { epoch: epochs, history, objectives }: FitHistory,
  epoch: number,
  logs: Readonly<Record<string, number>>,
  told: EpochReports,
): void {
  for (const name of Object.keys(logs)) history[name] ??= epochs.map(() => Number.NaN);
  for (const [name, values] of Object.entries(history)) values.push(logs[name] ?? Number.NaN);
  epochs.push(epoch);
  for (const [name, { loss, worsened, cosines, absent }] of Object.entries(objectives)) {
    const means = told.means(name);
    loss.push(means.loss ?? null);
    worsened.push(means.worsened ?? null);
    absent.push(told.absences(name));
    for (const [other, values] of Object.entries(cosines)) values.push(means[`cosine ${other}`] ?? null);
  }
}

/** Sums up the trainer's reports of an epoch. */
export class EpochReports {
  readonly #averages = new Map<string, Averages>();
  readonly #absences = new Map<string, number>();

  add({ losses, rows, cosines, worsened, skipped }: StepReport): void {
    if (skipped) return;
    for (const [name, loss] of Object.entries(losses)) {
      if (loss === null) this.#absences.set(name, this.absences(name) + 1);
      else this.#of(name).add('loss', loss, 1);
    }
    const present = new Set(rows.map(({ objective }) => objective));
    for (const name of worsened === null ? [] : present) {
      this.#of(name).add('worsened', Number(worsened!.includes(name)), 1);
    }
    for (const [i, { objective }] of rows.entries()) {
      for (const [j, { objective: other }] of rows.entries()) {
        if (cosines && objective !== other) this.#of(objective).add(`cosine ${other}`, cosines.at(i, j), 1);
      }
    }
  }

  means(name: string): Record<string, number> {
    return this.#of(name).means();
  }

  absences(name: string): number {
    return this.#absences.get(name) ?? 0;
  }

  #of(name: string): Averages {
    const averages = this.#averages.get(name) ?? new Averages();
    this.#averages.set(name, averages);
    return averages;
  }
}
