import { alikeIn, type MeanRanks, someDiffer } from '../statistics/index.ts';
import { formatDigits, formatProbability } from '../text/index.ts';
import type { Table } from './table.ts';

/** The methods of several boards, the best mean rank first. */
export function meanRanksTable(ranks: MeanRanks): Table {
  const { methods } = ranks;
  return {
    title: `Mean ranks over ${ranks.problems.length} problems`,
    columns: [
      { head: 'method', align: 'left', spare: 0, cells: methods.map(({ label }) => label) },
      {
        head: 'mean rank',
        align: 'right',
        spare: 0,
        cells: methods.map(({ rank }) => formatDigits(rank, 3)),
      },
    ],
    basis: [basisOf(ranks)],
  };
}

function basisOf(ranks: MeanRanks): string {
  const { problems, methods, p, criticalDifference } = ranks;
  const tested = `Ranks by hypervolume on ${problems.join('; ')}. That all methods are alike has p = ${formatProbability(p)} (Friedman's test, by permutation).`;
  if (!someDiffer(ranks)) return `${tested} Above 0.05 no two of them are shown to differ.`;
  const apart = methods.at(-1)!.rank - methods[0]!.rank > criticalDifference;
  const found = apart
    ? `These do not differ: ${
        alikeIn(ranks)
          .map((labels) => labels.join(', '))
          .join('; ') || 'none'
      }.`
    : 'No two of them are that far apart.';
  return `${tested} Two methods differ at 5 % if their mean ranks are more than ${formatDigits(criticalDifference, 3)} apart (Nemenyi). ${found}`;
}
