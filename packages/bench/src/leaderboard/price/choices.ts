import type { PlannedEntry } from '../../plan/index.ts';
import { baselineOf } from '../baseline.ts';
import type { Known } from '../score.ts';
import { type Bound, BUDGETS, lowestWithin, unitOf } from './choose.ts';
import type { Unpriced } from './price.ts';
import { type Candidate, candidatesOf, type Data, dataOf, type Trial, trialsOf } from './trials.ts';

/** The settings that a board has chosen by the data that choose. */
export interface Choices {
  readonly state: 'chosen';
  readonly data: Data;
  /** Main alone at its setting with the lowest main loss. */
  readonly alone: Candidate;
  /** The label of plain mixing; null without it. */
  readonly mixing: string | null;
  /** One choice for each budget. */
  readonly methods: readonly Chosen[];
  /** The choices for the third objective; null without one. */
  readonly lower: LowerChoices | Unpriced | null;
}

/** The choices of a method, in the order of what they were asked for. Null where no setting qualified. */
interface Chosen {
  readonly label: string;
  readonly choices: readonly (Candidate | null)[];
}

export interface LowerChoices {
  readonly state: 'chosen';
  /** The budgets of the first two losses, in the order of the choices. */
  readonly budgets: readonly (readonly [number, number])[];
  /** For each pair of budgets the setting of plain mixing that the budget of the second loss counts from. */
  readonly bases: readonly (Candidate | null)[];
  readonly methods: readonly Chosen[];
}

/** Chooses one setting for each method and budget. Main alone is among the settings of every method. */
export function choicesOf(entry: PlannedEntry, known: Known): Choices | Unpriced {
  const { axes, further, methods, price } = entry;
  const names = [...axes, ...further].map(({ objective }) => objective);
  const data = dataOf(entry, names, known);
  const trials = methods.map((method) => trialsOf(method, entry, data, known));
  const place = methods.findIndex(({ label }) => label === price?.alone);
  if (place < 0) return unpriced(price?.alone ? notSelected(price.alone) : NO_MAIN_ALONE);
  const alone = lowestWithin(candidatesOf(trials[place]!), 0, []);
  if (!alone) return unpriced(lacking(methods[place]!.label, trials[place]!));
  const base = alone.chosenBy[0]!;
  const unit = unitOf(axes[0].unit, base);
  if (unit === null) return unpriced(noUnit(axes[0].objective));
  const others = methods.flatMap(({ label }, index) =>
    index === place ? [] : [{ label, candidates: [alone, ...candidatesOf(trials[index]!)] }],
  );
  const bound = (budget: number) => ({ objective: 0, most: base + budget * unit });
  const mixing = methods[baselineOf(entry)]?.label ?? null;
  return {
    state: 'chosen',
    data,
    alone,
    mixing,
    methods: others.map(({ label, candidates }) => ({
      label,
      choices: BUDGETS.map((budget) => lowestWithin(candidates, 1, [bound(budget)])),
    })),
    lower: further.length === 0 ? null : lowerChoices(entry, others, mixing, bound),
  };
}

type Candidates = readonly { readonly label: string; readonly candidates: readonly Candidate[] }[];

/**
 * Chooses for the third objective within (x, y): the main loss may rise by x above main alone, and the second
 * loss by y above the lowest that plain mixing has within x.
 */
function lowerChoices(
  { axes }: PlannedEntry,
  methods: Candidates,
  mixing: string | null,
  bound: (budget: number) => Bound,
): LowerChoices | Unpriced {
  const mixed = methods.find(({ label }) => label === mixing);
  if (!mixed) return unpriced('Without plain mixing a budget of the second loss has nothing to count from.');
  const budgets = BUDGETS.flatMap((x) => BUDGETS.map((y) => [x, y] as const));
  const within = new Map(BUDGETS.map((x) => [x, lowestWithin(mixed.candidates, 1, [bound(x)])]));
  const bases = budgets.map(([x]) => within.get(x)!);
  const units = bases.map((base) => (base === null ? 0 : unitOf(axes[1].unit, base.chosenBy[1]!)));
  if (units.includes(null)) return unpriced(noUnit(axes[1].objective));
  const chosen = ({ candidates }: Candidates[number]) =>
    budgets.map(([x, y], index) => {
      const base = bases[index];
      if (!base) return null;
      const most = base.chosenBy[1]! + y * units[index]!;
      return lowestWithin(candidates, 2, [bound(x), { objective: 1, most }]);
    });
  return {
    state: 'chosen',
    budgets,
    bases,
    methods: methods.map((method) => ({ label: method.label, choices: chosen(method) })),
  };
}

/**
 * The settings whose runs a board shows: those that are chosen for some budget, and main alone. Empty while
 * nothing can be chosen.
 */
export function chosenSettings(
  entry: PlannedEntry,
  known: Known,
): readonly { readonly method: string; readonly setting: string }[] {
  const choices = entry.price === null ? null : choicesOf(entry, known);
  if (choices?.state !== 'chosen') return [];
  const { alone, methods, lower } = choices;
  const below = lower?.state === 'chosen' ? lower.methods : [];
  const all = [alone, ...[...methods, ...below].flatMap(({ choices }) => choices)];
  return [...new Set(all.filter((choice) => choice !== null))].map(({ method, setting }) => ({
    method,
    setting,
  }));
}

export function unpriced(reason: string): Unpriced {
  return { state: 'unpriced', reason };
}

const NO_MAIN_ALONE =
  'No main alone: no method trains on the main objective alone, and a budget counts from its loss. Add such a method to the suite, and name it in price.alone of the entry.';

function notSelected(alone: string): string {
  return `${alone} is not among the methods that were selected, and budgets count from its loss.`;
}

/** The reason where main alone has no setting whose runs all finished. */
export function lacking(label: string, trials: readonly Trial[]): string {
  const sum = (of: 'failed' | 'runs') => trials.reduce((all, { shown }) => all + shown[of], 0);
  return sum('failed') > 0
    ? `${label} failed in ${sum('failed')} of ${sum('runs')} runs, and budgets count from its loss.`
    : `Runs of ${label} are still to do, and budgets count from its loss.`;
}

export function noUnit(objective: string): string {
  return `Budgets have no unit: the ${objective} that they count from comes near 0 or below. Give this axis of the suite a unit: 1 for a logarithm, or { start: the loss before the first step }.`;
}
