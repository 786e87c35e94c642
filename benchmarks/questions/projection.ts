/**
 * The effect of noise on the projection of Bloop, and the projection at vanishing main gradients: in float64,
 * on given gradients.
 *
 *     node benchmarks/questions/projection.ts      writes projection.md, in a minute
 */
import { writeFileSync } from 'node:fs';
import { bloop } from '@scalpel/bloop';
import { createVectorEngine, normal, randomFrom } from '@scalpel/core';
import { table } from '../measure.ts';

type Vector = readonly number[];

/** The length of a gradient, as in figure 2 of arXiv 2402.02998. */
const SIZE = 100;
const DEVIATIONS = [0, 0.3, 1, 3, 10, 100];
const RATIOS = [10, 3, 1, 0.3, 0.1, 0.03];
const RHOS = [1, 0.1, 0.01];

const LEVELS = [
  { name: 'main', priority: 0 },
  { name: 'auxiliary', priority: 1 },
];

/** Bloop at λ = 1, which adds the projected auxiliary gradient to the main one. */
function projector(rho: number): (main: Vector, auxiliary: Vector) => number[] {
  const combiner = bloop({ rho, update: rho === 1 ? 'before' : 'after' });
  const engine = createVectorEngine({ combiner, objectives: LEVELS });
  return (main, auxiliary) => {
    const { direction } = engine.step({ batches: [[main, auxiliary]] });
    return direction.map((x, index) => x - main[index]!);
  };
}

function draw(random: () => number, deviation = 1): number[] {
  return Array.from({ length: SIZE }, () => deviation * normal(random));
}

const distance = (a: Vector, b: Vector) => Math.hypot(...a.map((x, index) => x - b[index]!));

/**
 * The distance of the mean of π(g_a; g + σ ε) over the noise ε from two vectors. The first is π(g_a; g),
 * which Bloop should give. The second is (1 − 1/p) g_a, the mean for noise alone. g and g_a are N(0, I),
 * drawn once.
 */
export function noiseAt(
  deviation: number,
  samples: number,
  seed: number,
): { readonly toBloop: number; readonly toMixed: number } {
  const random = randomFrom(seed);
  const [main, auxiliary] = [draw(random), draw(random)];
  const project = projector(1);
  const mean = new Array<number>(SIZE).fill(0);
  for (let sample = 0; sample < samples; sample++) {
    const noise = draw(random, deviation);
    const projected = project(
      main.map((x, index) => x + noise[index]!),
      auxiliary,
    );
    for (const [index, x] of projected.entries()) mean[index]! += x / samples;
  }
  return {
    toBloop: distance(mean, project(main, auxiliary)),
    toMixed: distance(
      mean,
      auxiliary.map((x) => (1 - 1 / SIZE) * x),
    ),
  };
}

/**
 * The mean share of the auxiliary gradient along the main one that the projection removes, from 0 to 1. It is
 * 1 for exact Bloop and 1/p for a projection on noise. The main gradient has length `ratio` times that of the
 * noise of a batch, the parameters stay, and the average gets 10/ρ steps to settle.
 */
export function removedAt(ratio: number, rho: number, steps: number, seed: number): number {
  const random = randomFrom(seed);
  const main = Array.from({ length: SIZE }, (_, index) => (index === 0 ? ratio * Math.sqrt(SIZE) : 0));
  const project = projector(rho);
  const settling = rho === 1 ? 0 : Math.ceil(10 / rho);
  let kept = 0;
  for (let step = 0; step < settling + steps; step++) {
    const batch = draw(random).map((x, index) => x + main[index]!);
    // The auxiliary gradient has length 1 along the main one, so its projection shows the share that is left.
    const projected = project(
      batch,
      main.map((x) => x / main[0]!),
    );
    if (step >= settling) kept += projected[0]! / steps;
  }
  return 1 - kept;
}

/**
 * The same with every squared length replaced by its mean: (s + 1) / (s + p). Here s = p · ratio² · (2 − ρ) /
 * ρ is the squared length of the gradient over the variance of the average.
 */
export function expectedRemoved(ratio: number, rho: number): number {
  const signal = (SIZE * ratio ** 2 * (2 - rho)) / rho;
  return (signal + 1) / (signal + SIZE);
}

/**
 * Without noise: gradient descent at η = ½ on ½ a² first and ½ ((a − 1)² + b²) second, from (1, 1). The
 * solution is (0, 0). Returns the largest |a| from step 100 to 5000. By then, an a that is halved in every
 * step would long be 0 to rounding.
 */
export function restOf(lambda: number): number {
  const engine = createVectorEngine({
    combiner: bloop({ lambda, rho: 1, update: 'before' }),
    objectives: LEVELS,
  });
  let [a, b, largest] = [1, 1, 0];
  for (let step = 1; step <= 5000; step++) {
    const gradients = [
      [a, 0],
      [a - 1, b],
    ];
    const { direction } = engine.step({ batches: [gradients] });
    a -= 0.5 * direction[0]!;
    b -= 0.5 * direction[1]!;
    if (step >= 100) largest = Math.max(largest, Math.abs(a));
  }
  return largest;
}

const rounded = (value: number) => value.toFixed(3);

function report(): string {
  const draws = [0, 1, 2];
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const noise = DEVIATIONS.map((deviation) => {
    const found = draws.map((seed) => noiseAt(deviation, 20_000, seed));
    return [
      String(deviation),
      rounded(mean(found.map(({ toBloop }) => toBloop))),
      rounded(mean(found.map(({ toMixed }) => toMixed))),
    ];
  });
  const removed = RATIOS.map((ratio) => [
    String(ratio),
    ...RHOS.map(
      (rho) => `${removedAt(ratio, rho, 20_000, 0).toFixed(3)} (${expectedRemoved(ratio, rho).toFixed(3)})`,
    ),
  ]);
  const rests = [0.01, 0.1, 1].map((lambda) => [String(lambda), restOf(lambda).toExponential(1)]);
  return `# What noise does to the projection

Written by \`node benchmarks/questions/projection.ts\`; do not edit.

## Noise of a batch (figure 2 of arXiv 2402.02998)

The mean of π(gₐ; g + σ ε) over 20,000 draws of the noise ε, gradients of ${SIZE} numbers; means over three draws of g and gₐ. Its distance from π(gₐ; g), and
from (1 − 1/p) gₐ, which a projection on noise alone gives: without an average Bloop becomes mixing where noise is larger than the gradient.

${table(['σ', 'from Bloop', 'from mixing'], noise)}

## Near a stationary point

The share of the auxiliary gradient along the main one that the projection takes away: 1 is Bloop, 1/p = ${1 / SIZE} is mixing. From row to row the main
gradient gets shorter, relative to the noise of a batch. In brackets: (s + 1) / (s + p), where s is the squared length of the gradient over the variance of one number of the average. Each number
is from one run of 20,000 steps. An average of rate ρ works for gradients that are at least √(ρ/2) times as long as the noise of a batch. For shorter ones Bloop is mixing.

${table(['‖g‖ / ‖noise‖', ...RHOS.map((rho) => (rho === 1 ? 'no average' : `ρ = ${rho}`))], removed)}

## Without noise

On ½ a² first and ½ ((a − 1)² + b²) second, with gradients in float64, gradient descent at η = ½ halves a in every step. Rounding errors of the projection may keep a from reaching 0 (λ = 0.1 and 1).
If a reaches 0 (λ = 0.01), there is nothing to project on. The next step then goes η λ towards the auxiliary solution, and a must fall again. The largest |a| from step 100 to 5000:

${table(['λ', 'largest size of a'], rests)}
`;
}

if (import.meta.main) writeFileSync(new URL('projection.md', import.meta.url), report());
