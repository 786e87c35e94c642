import type { PlannedEntry } from '../../plan/index.ts';
import type { Losses } from '../../statistics/index.ts';
import { besideMixing } from './beside-mixing.ts';
import { type LowerChoices, noUnit, unpriced } from './choices.ts';
import { unitOf } from './choose.ts';
import type { LowerPrice, LowerPriceAt, Unpriced } from './price.ts';
import { type Candidate, estimateOf, meansOf } from './trials.ts';
import { unfinished, verdictOf, worstOf } from './verdict.ts';

/** What the costs of the level below count from. */
interface Above {
  readonly entry: PlannedEntry;
  readonly mixing: string | null;
  /** The losses of main alone for each seed. */
  readonly base: readonly Losses[];
  /** The unit of the main loss. */
  readonly unit: number;
}

/** The prices of the third objective. */
export function lowerPricesOf(
  { methods, bases, budgets }: LowerChoices,
  above: Above,
): LowerPrice | Unpriced {
  const { axes, further } = above.entry;
  const starts = bases.map((base) => {
    const seeds = base?.shown.seeds;
    return seeds ? { seeds, unit: unitOf(axes[1].unit, meansOf(seeds)[1]!) } : null;
  });
  if (starts.some((start) => start?.unit === null)) return unpriced(noUnit(axes[1].objective));
  const beside = besideMixing(methods, above.mixing, 2);
  return {
    state: 'priced',
    objective: further[0]!.objective,
    methods: methods.map(({ label, choices }, method) => ({
      label,
      prices: choices.map((choice, index) => ({
        budgets: budgets[index]!,
        ...toldOf(choice),
        ...measured(choice, bases[index]!, starts[index]!, budgets[index]!, above),
        besideMixing: beside[method]![index]!,
      })),
    })),
  };
}

/** The name of a choice and the losses that chose it. */
export function toldOf(choice: Candidate | null): Pick<LowerPriceAt, 'method' | 'setting' | 'chosenBy'> {
  const { method = null, setting = null, chosenBy = null } = choice ?? {};
  return { method, setting, chosenBy };
}

function measured(
  choice: Candidate | null,
  second: Candidate | null,
  start: { readonly seeds: readonly Losses[]; readonly unit: number | null } | null,
  budgets: readonly [number, number],
  { base, unit }: Above,
): Pick<LowerPriceAt, 'verdict' | 'loss' | 'costs'> {
  const nothing = { loss: null, costs: null };
  if (choice === null || second === null) return { verdict: { state: 'no setting' }, ...nothing };
  const { seeds } = choice.shown;
  if (!seeds || !start) return { verdict: unfinished((seeds ? second : choice).shown), ...nothing };
  const costs = [
    estimateOf(seeds.map((losses, seed) => (losses[0]! - base[seed]![0]!) / unit)),
    estimateOf(seeds.map((losses, seed) => (losses[1]! - start.seeds[seed]![1]!) / start.unit!)),
  ] as const;
  return {
    verdict: worstOf(costs.map((cost, level) => verdictOf(cost, budgets[level]!))),
    loss: estimateOf(seeds.map((losses) => losses[2]!)),
    costs,
  };
}
