import { bloop } from '@scalpel/bloop';
import { createVectorEngine, type GramianCombiner, normal, randomFrom } from '@scalpel/core';
import { type Panel, type Point, panel, picture } from './drawing.ts';

// The main gradient is noisy, the auxiliary one is not. What is left of the auxiliary gradient, batch by batch.

const MAIN: Point = [0, 1];
const AUXILIARY: Point = [1.2, -0.8];
const NOISE = 2;
/** Steps before the first that is drawn: the average begins at zero. */
const BEGINNING = 500;
const DRAWN = 60;
/** One step of so many is drawn: those in between have nearly the same average. */
const EVERY = 25;

export function averages(): string {
  const ways = [bloop({ rho: 1, update: 'before' }), bloop({ rho: 0.01 })];
  const panels = [panel([80, 145], [112, 112]), panel([395, 145], [112, 112])];
  const captions = ['projected on this batch', 'on the average'];
  const labels: readonly Point[] = [
    [0.36, -0.82],
    [1.36, 0.1],
  ];
  return picture(
    [640, 335],
    'What is left of the auxiliary gradient after a projection on one noisy batch, and on an average',
    [
      ...ways.flatMap((combiner, index) => drawn(panels[index]!, partsLeft(combiner), labels[index]!)),
      ...captions.map((caption, index) => panels[index]!.words([0.6, -1.5], caption, 'grey')),
    ],
  );
}

/** The direction without the main gradient. */
function partsLeft(combiner: GramianCombiner<readonly boolean[]>): readonly Point[] {
  const engine = createVectorEngine({
    combiner,
    objectives: ['main', 'auxiliary'].map((name, priority) => ({ name, priority })),
  });
  const random = randomFrom(1);
  const all = Array.from({ length: BEGINNING + DRAWN * EVERY }, (): Point => {
    const batch = MAIN.map((x) => x + NOISE * normal(random));
    const { direction } = engine.step({ batches: [[batch, AUXILIARY]] });
    return [direction[0]! - batch[0]!, direction[1]! - batch[1]!];
  });
  return all.slice(BEGINNING).filter((_, step) => step % EVERY === 0);
}

/** `label` is where the word for the mean begins. */
function drawn(on: Panel, parts: readonly Point[], label: Point): readonly string[] {
  const mean: Point = [0, 1].map((axis) =>
    parts.reduce((sum, part) => sum + part[axis]! / parts.length, 0),
  ) as never;
  return [
    on.line(
      [
        [-0.7, 0],
        [1.6, 0],
      ],
      'grey',
      { width: 1.5, dashed: true },
    ),
    on.arrow(MAIN, 'blue', { width: 4 }),
    on.words([0, 1.09], 'main', 'blue'),
    on.arrow(AUXILIARY, 'orange', { width: 2, opacity: 0.6 }),
    on.words([1.27, -0.9], 'auxiliary', 'orange', 'start'),
    ...parts.map((part) => on.dot(part, 'green')),
    on.arrow(mean, 'green', { width: 5 }),
    on.words(label, 'mean', 'green', 'start'),
  ];
}
