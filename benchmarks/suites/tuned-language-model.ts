import { defineSuite, type Suite } from '@scalpel/bench';
import { log, price, rates, seeds, tunedMethods, tuning } from '../tuned.ts';

const suite: Suite = defineSuite({
  id: 'tuned-language-model',
  title: 'Speeches and a novel, tuned',
  summary:
    'A transformer of two layers reads bytes: State of the Union addresses first, the beginning of Moby-Dick second. Every method has as many trials.',
  entries: [
    {
      task: 'language-model',
      title: 'Speeches and a novel, 300 steps',
      options: { width: 48, feedForward: 192, context: 32, batch: 16, steps: 300, validation: 0.1 },
      seeds: seeds.reported,
      tuning: tuning(24, rates.above),
      price,
      axes: [
        { objective: 'speeches', reference: 2.9 },
        { objective: 'novel', reference: 2.9 },
      ],
      methods: tunedMethods({
        lambda: log(0.01, 10),
        rho: log(0.01, 1),
        task: { weightDecay: log(1e-4, 1) },
        patience: [null, 2, 4],
      }),
    },
  ],
});

export default suite;
