import { defineSuite, type Suite } from '@scalpel/bench';
import { log, price, rates, regularised, seeds, tunedMethods, tuning } from '../tuned.ts';

const suite: Suite = defineSuite({
  id: 'tuned-fashion-and-digits',
  title: 'Fashion and digits, tuned',
  summary:
    'Clothes with a digit in the corner of the picture, two heads on one network, the clothing first. Every method has as many trials.',
  entries: [
    {
      task: 'fashion-and-digits',
      title: 'Fashion and digits, 4 epochs of 3,000 pictures',
      options: { epochs: 4, batch: 32, images: 4000, validation: 1000, rate: 0.1 },
      seeds: seeds.reported,
      rate: '1 / (1 + lambda)',
      tuning: tuning(24, rates.around),
      price,
      // The loss of uniform guessing.
      axes: [
        { objective: 'clothing', reference: 1.6 },
        { objective: 'digit', reference: Math.log(10) },
      ],
      methods: tunedMethods({
        lambda: log(0.01, 100),
        rho: log(0.02, 1),
        task: regularised,
        patience: [null, 2, 4],
      }),
    },
  ],
});

export default suite;
