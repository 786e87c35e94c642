import { defineSuite, type Suite } from '@scalpel/bench';
import { log, price, rates, regularised, seeds, tunedMethods, tuning } from '../tuned.ts';

const suite: Suite = defineSuite({
  id: 'tuned-weight-decay',
  title: 'Weight decay, tuned',
  summary:
    'Clothes (Fashion-MNIST), classified by a convolutional network whose weights should be small. Every method has as many trials.',
  entries: [
    {
      task: 'weight-decay',
      title: 'Weight decay, 4 epochs of 3,000 images',
      options: { epochs: 4, batch: 32, images: 4000, validation: 1000, rate: 0.1 },
      seeds: seeds.reported,
      rate: '1 / (1 + lambda)',
      tuning: tuning(24, rates.around),
      price,
      axes: [
        { objective: 'cross-entropy', reference: 1.5 },
        { objective: 'squared-norm', reference: 265 },
      ],
      methods: tunedMethods({
        lambda: log(1e-4, 0.3),
        rho: log(0.02, 1),
        task: regularised,
        patience: [null, 2, 4],
      }),
    },
  ],
});

export default suite;
