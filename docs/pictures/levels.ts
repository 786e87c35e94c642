import { mixed } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createVectorEngine, type GradientCombiner } from '@scalpel/core';
import { type Panel, type Point, panel, picture } from './drawing.ts';

// One step of plain mixing and one of Bloop, on two gradients that conflict.

const MAIN: Point = [0, 1];
const AUXILIARY: Point = [1.1, -0.62];

export function levels(): string {
  // From its first gradient on the average is that gradient, so that the picture needs a single step.
  const [mixing, projecting] = [mixed(), bloop({ initial: 'first' })].map(directionOf);
  const [left, right] = [panel([90, 160], [120, 120]), panel([410, 160], [120, 120])];
  const kept: Point = [projecting![0] - MAIN[0], projecting![1] - MAIN[1]];
  return picture(
    [640, 315],
    'One step: with mixing the auxiliary gradient cancels most of the main one, with Bloop nothing',
    [
      left.words([0.55, -1.2], 'mixing', 'grey'),
      ...gradients(left),
      ...result(left, mixing!),
      right.words([0.55, -1.2], 'Bloop', 'grey'),
      ...gradients(right),
      right.line([AUXILIARY, kept], 'grey', { width: 2, dashed: true }),
      right.arrow(kept, 'orange', { opacity: 0.55 }),
      ...result(right, projecting!),
    ],
  );
}

function directionOf(combiner: GradientCombiner): Point {
  const objectives = ['main', 'auxiliary'].map((name, priority) => ({ name, priority }));
  const { direction } = createVectorEngine({ combiner, objectives }).step({ batches: [[MAIN, AUXILIARY]] });
  return direction as unknown as Point;
}

function gradients(on: Panel): readonly string[] {
  return [
    on.line(
      [
        [-0.35, MAIN[1]],
        [1.6, MAIN[1]],
      ],
      'grey',
      { width: 1.5, dashed: true },
    ),
    on.arrow(MAIN, 'blue', { width: 4 }),
    on.words([0, 1.09], 'main', 'blue'),
    on.arrow(AUXILIARY, 'orange', { width: 4 }),
    on.words([1.1, -0.86], 'auxiliary', 'orange'),
  ];
}

function result(on: Panel, direction: Point): readonly string[] {
  const [x, y] = direction;
  return [on.arrow(direction, 'green', { width: 5 }), on.words([x + 0.08, y - 0.18], 'd', 'green', 'start')];
}
