import { bloop } from '@scalpel/bloop';
import { createVectorEngine, type GramianCombiner, normal, randomFrom } from '@scalpel/core';
import { type Panel, type Point, panel, picture } from './drawing.ts';

// On the left directions for several λ. On the right where the average points for three ρ, while the main gradient turns.

const LAMBDAS = [0, 0.5, 1, 1.5];
/** With the height of its label. */
const RHOS = [
  [0.3, 'orange', 1.5, 112],
  [0.03, 'green', 3.5, 82],
  [0.004, 'blue', 3.5, 45],
] as const;
const STEPS = 250;
const NOISE = 0.6;
/** Steps before the first that is drawn, in which the main gradient does not turn. */
const BEGINNING = 1000;

export function strength(): string {
  const fan = panel([50, 245], [130, 130]);
  const lines = panel([335, 230], [210 / STEPS, 1.45]);
  return picture(
    [640, 320],
    'Bloop with several values of lambda, and its average with several values of rho',
    [...fanOf(fan), ...anglesOf(lines)],
  );
}

const objectives = ['main', 'auxiliary'].map((name, priority) => ({ name, priority }));

function fanOf(on: Panel): readonly string[] {
  const [main, auxiliary]: readonly Point[] = [
    [0, 1.4],
    [0.9, -0.5],
  ] as const;
  const tips = LAMBDAS.map((lambda) => {
    const engine = createVectorEngine({ combiner: bloop({ lambda, initial: 'first' }), objectives });
    return engine.step({ batches: [[main!, auxiliary!]] }).direction as unknown as Point;
  });
  return [
    ...tips.map((tip, index) => on.arrow(tip, index === 0 ? 'blue' : 'green', { width: 4 })),
    ...tips.map(([x, y], index) => on.words([x, y + 0.1], String(LAMBDAS[index]), 'green')),
    on.words([0.66, -0.46], 'd for several λ', 'grey'),
  ];
}

function anglesOf(on: Panel): readonly string[] {
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  return [
    ...RHOS.flatMap(([rho, color, width, height]) => {
      const angles = anglesWith(bloop({ rho }));
      return [
        on.line(
          angles.map((angle, step): Point => [step, angle]),
          color,
          { width, opacity: rho === 0.3 ? 0.55 : 1 },
        ),
        on.words([STEPS + 8, height], `ρ ${rho}`, color, 'start'),
      ];
    }),
    on.line(
      steps.map((step): Point => [step, turned(step)]),
      'grey',
      { width: 3, dashed: true },
    ),
    on.words([STEPS / 2, -51], 'angle of the average', 'grey'),
  ];
}

/** In degrees: nothing, then a quarter of a turn. */
function turned(step: number): number {
  return Math.min(90, Math.max(0, (90 * (step - 50)) / 150));
}

function anglesWith(combiner: GramianCombiner<readonly boolean[]>): readonly number[] {
  const engine = createVectorEngine({ combiner, objectives });
  const random = randomFrom(2);
  const all = Array.from({ length: BEGINNING + STEPS }, (_, step) => {
    const angle = (turned(step - BEGINNING) * Math.PI) / 180;
    const true_: Point = [Math.cos(angle), Math.sin(angle)];
    const batch = true_.map((x) => x + NOISE * normal(random));
    // A quarter of a turn from the true gradient: what is left of it is orthogonal to the average, and so tells where that points.
    const { direction } = engine.step({ batches: [[batch, [-true_[1], true_[0]]]] });
    const left = [direction[0]! - batch[0]!, direction[1]! - batch[1]!] as const;
    return (Math.atan2(-left[0], left[1]) * 180) / Math.PI;
  });
  return all.slice(BEGINNING);
}
