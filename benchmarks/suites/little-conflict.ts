import { defineSuite, type Suite } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

const suite: Suite = defineSuite({
  id: 'little-conflict',
  title: 'Little conflict',
  summary:
    'Clothes first and digits second, in pictures of their own, two heads on one network: 600 steps, three seeds. The paper finds all methods equal here.',
  entries: [
    {
      task: 'little-conflict',
      title: 'Little conflict, 6 epochs of 6,400 clothes',
      // The rate is that of the suite weight-decay, which has the same network and the same main loss.
      options: { epochs: 6, batch: 64, images: 6400, rate: 0.1 },
      seeds: [0, 1, 2],
      rate: '1 / (1 + lambda)',
      full: {
        title: 'Little conflict, 20 epochs',
        options: { epochs: 20, batch: 256, images: 59_946, rate: 0.1 },
        methods: paperMethods([1e-3, 1e-2, 0.1, 1, 10]),
      },
      // A tenth worse than the worst of plain mixing with seed 0. No other method was used to choose it.
      axes: [
        { objective: 'clothing', reference: 1.2 },
        { objective: 'digit', reference: 1.22 },
      ],
      price: { named: 'Bloop' },
      // Over 600 steps an average with rho 0.04 is renewed 24 times.
      methods: paperMethods([0.1, 1, 10], 0.04),
    },
  ],
});

export default suite;
