import type { Price, PriceAt } from '../leaderboard/index.ts';
import type { Estimate } from '../statistics/index.ts';
import { formatChange, formatEstimate } from '../text/index.ts';

/** A chosen setting: the real rise of the main loss in percent, and the auxiliary loss. */
export interface Mark {
  readonly method: string;
  readonly x: number;
  readonly y: number;
  /** The ends of the 95 % intervals; that of the auxiliary loss is beside main alone, seed by seed. */
  readonly across: readonly [number, number];
  readonly up: readonly [number, number];
  readonly title: string;
}

/** Main alone, then the settings that the method has for growing budgets, each once. */
export function marksOf({ alone, methods }: Price): readonly Mark[] {
  const start = (method: string): Mark => ({
    method,
    x: 0,
    y: alone.auxiliary.value,
    across: [0, 0],
    up: [alone.auxiliary.value, alone.auxiliary.value],
    title: [alone.label, formatEstimate(alone.auxiliary)].join('\n'),
  });
  const others = methods.flatMap(({ label, prices }) => {
    const bought = prices.filter(({ method, cost }) => method === label && cost !== null);
    const settings = new Map(bought.map((price) => [price.setting, price]));
    const marks = [...settings.values()].map((price) => markOf(label, price));
    return [start(label), ...marks];
  });
  return [...others, start(alone.label)];
}

function markOf(method: string, { setting, auxiliary, cost, gain }: PriceAt): Mark {
  const [y, x] = [auxiliary!.value, 100 * cost!.value];
  const reach = (estimate: Estimate, scale: number) => {
    const { interval } = estimate;
    return interval ? (scale * (interval.high - interval.low)) / 2 : 0;
  };
  const [wide, high] = [reach(cost!, 100), reach(gain!.difference!, 1)];
  return {
    method,
    x,
    y,
    across: [x - wide, x + wide],
    up: [y - high, y + high],
    title: [
      [method, setting].filter(Boolean).join(', '),
      formatEstimate(auxiliary!),
      `rise ${formatChange(cost!)}`,
    ].join('\n'),
  };
}
