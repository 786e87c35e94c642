import { defineSuite, type Suite } from '@scalpel/bench';
import { mainAlone, paperMethods, price } from '../methods.ts';

/** An average lasts about 50 steps, so it is renewed 20 times in the thousand steps of a run. */
const methods = [...paperMethods([0.1, 1], 0.02), mainAlone()];
const manyMethods = [...paperMethods([0.01, 0.1, 1, 10]), mainAlone()];

const suite: Suite = defineSuite({
  id: 'gpu',
  title: 'On a GPU',
  summary:
    'Networks that want a GPU: 11 million parameters that see clothes and digits, and a transformer of 12 layers that reads bytes. A thousand steps of each.',
  entries: [
    {
      task: 'fashion-and-digits',
      title: 'Fashion and digits, ResNet-18',
      options: { network: 'resnet-18', images: 32_000, batch: 128, epochs: 4 },
      seeds: [0, 1],
      rate: '1 / (1 + lambda)',
      full: { options: { images: 59_946, batch: 256, epochs: 100 }, methods: manyMethods },
      // The losses of uniform guessing.
      axes: [
        { objective: 'clothing', reference: Math.log(10) },
        { objective: 'digit', reference: Math.log(10) },
      ],
      price,
      methods,
    },
    {
      task: 'language-model',
      title: 'Speeches and a novel, 12 layers',
      options: { layers: 12, heads: 8, width: 256, feedForward: 1024, context: 128, steps: 1000 },
      seeds: [0, 1],
      full: { options: { batch: 128, steps: 300_000 }, methods: manyMethods },
      // The losses of uniform guessing.
      axes: [
        { objective: 'speeches', reference: Math.log(256) },
        { objective: 'novel', reference: Math.log(256) },
      ],
      price,
      methods,
    },
  ],
});

export default suite;
