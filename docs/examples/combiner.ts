// A combiner with a remembered row and a memory: the second level may not be longer than the first is on average.
import { checkOptions, createVectorEngine, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';

const options = v.strictObject({ rho: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.1) });

/** d = g₀ + min(1, ‖ē‖ / ‖g₁‖) g₁, where ē is the moving average of g₀. */
export function limited(input: { readonly rho?: number } = {}): GramianCombiner<number> {
  const { rho } = checkOptions('limited', options, input);
  return {
    name: 'limited',
    needs: 'gramian',
    check({ levels }) {
      if (levels !== 2) throw new Error(`limited: there are ${levels} levels, but it takes two.`);
    },
    // One gradient-sized row is kept between steps: ρ Σ (1 − ρ)ⁱ g₀, which is zero at first.
    remembers: () => 1,
    // Small state beside it: how many gradients the row has seen.
    init: () => 0,
    combine({ gramian, rows, memory }) {
      const ofLevel = (level: number) =>
        Array.from({ length: gramian.size }, (_, row) => (rows[row]?.level === level ? 1 : 0));
      const [first, second] = [ofLevel(0), ofLevel(1)];
      // The remembered row stands behind the gradients. Where the first level is absent, it stays.
      const isPresent = first.includes(1);
      const sum = first.map((c, row) => {
        const before = row === rows.length ? 1 : 0;
        return isPresent ? (1 - rho) * before + rho * c : before;
      });
      const seen = isPresent ? memory + 1 : memory;
      // The weights of `seen` gradients add up to this, not to 1.
      const total = 1 - (1 - rho) ** seen;
      const length = (combination: readonly number[]) =>
        Math.sqrt(Math.max(0, gramian.inner(combination, combination)));
      const most = seen === 0 ? 0 : length(sum) / total;
      const share = length(second) > most ? most / length(second) : 1;
      return {
        coefficients: first.map((c, row) => c + share * second[row]!),
        remember: [sum],
        memory: seen,
      };
    },
  };
}

const engine = createVectorEngine({
  combiner: limited(),
  objectives: [
    { name: 'main', priority: 0 },
    { name: 'auxiliary', priority: 1 },
  ],
});
for (const main of [
  [2, 0],
  [0, 1],
]) {
  const { direction, coefficients } = engine.step({ batches: [[main, [0, 10]]] });
  const [d, c] = [direction, coefficients].map((numbers) => numbers.map((x) => x.toFixed(3)).join(', '));
  console.log(`direction ${d}; coefficients ${c}`);
}
