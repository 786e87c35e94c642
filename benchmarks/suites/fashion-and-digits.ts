import { defineSuite, type Suite } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

const suite: Suite = defineSuite({
  id: 'fashion-and-digits',
  title: 'Fashion and digits',
  summary:
    'Clothes with a digit in the corner of the picture, two heads on one network, the clothing first: 1000 steps, three seeds.',
  entries: [
    {
      task: 'fashion-and-digits',
      title: 'Fashion and digits, 8 epochs of 8,000 pictures',
      // The rate is that of the suite weight-decay, which has the same network and the same main loss.
      options: { epochs: 8, batch: 64, images: 8000, rate: 0.1 },
      seeds: [0, 1, 2],
      rate: '1 / (1 + lambda)',
      full: {
        title: 'Fashion and digits, 20 epochs',
        options: { epochs: 20, batch: 256, images: 59_946, rate: 0.1 },
        methods: paperMethods([1e-3, 1e-2, 0.1, 1, 10, 100, 1000]),
      },
      // A tenth worse than the worst of plain mixing with seed 0. No other method was used to choose it.
      axes: [
        { objective: 'clothing', reference: 1.4 },
        { objective: 'digit', reference: 2.35 },
      ],
      price: { named: 'Bloop' },
      // Over 1000 steps an average with rho 0.03 is renewed 30 times.
      methods: paperMethods([0.1, 1, 10], 0.03),
    },
  ],
});

export default suite;
