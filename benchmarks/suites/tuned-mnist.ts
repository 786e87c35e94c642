import { defineSuite, type Suite } from '@scalpel/bench';
import { log, price, rates, regularised, seeds, tunedMethods, tuning } from '../tuned.ts';

const suite: Suite = defineSuite({
  id: 'tuned-mnist',
  title: 'Smooth MNIST, tuned',
  summary:
    'A perceptron that should be right about digits first and smooth second. Every method has as many trials, and settings are chosen on images that no run trains on.',
  entries: [
    {
      task: 'smooth-mnist',
      title: 'Smooth MNIST, 6 epochs of 16,000 images',
      options: { epochs: 6, images: 20_000, validation: 4000 },
      seeds: seeds.reported,
      tuning: tuning(24, rates.above),
      price,
      // The smoothness is a logarithm.
      axes: [
        { objective: 'cross-entropy', reference: 0.5 },
        { objective: 'smoothness', reference: 2.5, unit: 1 },
      ],
      methods: tunedMethods({
        lambda: log(0.003, 10),
        rho: log(0.01, 1),
        task: regularised,
        patience: [null, 2, 4],
      }),
    },
  ],
});

export default suite;
