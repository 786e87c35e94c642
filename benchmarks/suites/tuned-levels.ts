import { defineSuite, type Suite } from '@scalpel/bench';
import { log, price, rates, regularised, seeds, tunedLevels, tuning } from '../tuned.ts';

/**
 * One number for each level after the first: smoothness, norm. There are 32, a power of two, so that a design
 * of 24 trials meets none of them twice.
 */
const lambda = [0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5].flatMap((smooth) =>
  [1e-5, 1e-4, 1e-3, 1e-2].map((small) => [smooth, small]),
);

const suite: Suite = defineSuite({
  id: 'tuned-levels',
  title: 'Three levels, tuned',
  summary:
    'Digits that should be told apart, by a network that should also be smooth and, third, small. Budgets are given for the first two.',
  entries: [
    {
      task: 'mnist-levels',
      title: 'Label, smoothness, norm',
      options: {
        order: ['cross-entropy', 'smoothness', 'norm'],
        epochs: 3,
        images: 20_000,
        validation: 4000,
      },
      seeds: seeds.reported,
      tuning: tuning(24, rates.above),
      price,
      axes: [
        { objective: 'cross-entropy', reference: 0.5 },
        { objective: 'smoothness', reference: 3, unit: 1 },
      ],
      further: [{ objective: 'norm', reference: 450 }],
      methods: tunedLevels({ lambda, rho: log(0.01, 1), task: regularised, patience: [null, 2, 4] }, 3),
    },
  ],
});

export default suite;
