import type { PlannedEntry } from '../../plan/index.ts';
import type { Losses } from '../../statistics/index.ts';
import type { Known } from '../score.ts';
import { besideAlone, besideMixing } from './beside-mixing.ts';
import { type Choices, choicesOf, lacking, noUnit, unpriced } from './choices.ts';
import { BUDGETS, unitOf } from './choose.ts';
import { lowerPricesOf, toldOf } from './lower.ts';
import type { Price, PriceAt, Unpriced } from './price.ts';
import { type Candidate, estimateOf, meansOf } from './trials.ts';
import { unfinished, verdictOf } from './verdict.ts';

/** The prices of a board. Null if its objectives have no priorities. */
export function priceOf(entry: PlannedEntry, known: Known): Price | Unpriced | null {
  if (entry.price === null) return null;
  const choices = choicesOf(entry, known);
  if (choices.state === 'unpriced') return choices;
  const { alone, data, mixing, lower } = choices;
  const base = alone.shown.seeds;
  if (!base) return unpriced(lacking(alone.method, [alone]));
  const unit = unitOf(entry.axes[0].unit, meansOf(base)[0]!);
  if (unit === null) return unpriced(noUnit(entry.axes[0].objective));
  return {
    state: 'priced',
    data,
    seeds: { chosen: entry.tuning?.seeds ?? entry.seeds, shown: entry.seeds },
    alone: {
      label: alone.method,
      setting: alone.setting,
      main: estimateOf(base.map((losses) => losses[0]!)),
      auxiliary: estimateOf(base.map((losses) => losses[1]!)),
    },
    unit,
    mixing,
    named: entry.price.named ?? null,
    methods: pricesOf(choices, base, unit),
    lower: lower?.state === 'chosen' ? lowerPricesOf(lower, { entry, mixing, base, unit }) : lower,
  };
}

/** The prices of the choices of each method. */
function pricesOf(
  { methods, alone, mixing }: Choices,
  base: readonly Losses[],
  unit: number,
): Price['methods'] {
  // Neighbouring budgets often have the same setting, which is measured once.
  const all = new Set(methods.flatMap(({ choices }) => choices.filter((choice) => choice !== null)));
  const measures = new Map([...all].map((choice) => [choice, measure(choice, base, unit)]));
  const gains = besideAlone(methods, alone);
  const beside = besideMixing(methods, mixing, 1);
  return methods.map(({ label, choices }, method) => ({
    label,
    prices: choices.map((choice, index): PriceAt => {
      const budget = BUDGETS[index]!;
      const { auxiliary, cost } = choice ? measures.get(choice)! : { auxiliary: null, cost: null };
      return {
        budget,
        ...toldOf(choice),
        verdict: cost ? verdictOf(cost, budget) : choice ? unfinished(choice.shown) : { state: 'no setting' },
        auxiliary,
        cost,
        gain: gains[method]![index]!,
        besideMixing: beside[method]![index]!,
        distance: choice?.shown.distance ?? null,
        accuracies: choice?.shown.accuracies ?? {},
      };
    }),
  }));
}

/** The loss and the cost of a setting; null unless its runs all finished. */
function measure(
  { shown: { seeds } }: Candidate,
  base: readonly Losses[],
  unit: number,
): Pick<PriceAt, 'auxiliary' | 'cost'> {
  if (seeds === null) return { auxiliary: null, cost: null };
  return {
    auxiliary: estimateOf(seeds.map((losses) => losses[1]!)),
    cost: estimateOf(seeds.map((losses, seed) => (losses[0]! - base[seed]![0]!) / unit)),
  };
}
