import { defineSuite, type Suite } from '@scalpel/bench';

const lambda = { from: 0.1, to: 10, scale: 'log' } as const;

/** Trials that take no time. Their best settings are run on other seeds. */
const suite: Suite = defineSuite({
  id: 'tuned',
  title: 'Tuned',
  summary: 'A valley.',
  entries: [
    {
      task: 'valley',
      seeds: [0, 1],
      axes: [
        { objective: 'main', reference: 1, unit: 1 },
        { objective: 'side', reference: 10 },
      ],
      tuning: {
        trials: 4,
        seeds: [10, 11],
        rate: { from: 0.5, to: 2, scale: 'log' },
        curve: 5,
        meanWeights: true,
      },
      price: { alone: 'Main alone' },
      expected: 'Nothing in particular.',
      methods: [
        { label: 'Main alone', combiner: 'constant', options: { weights: [1, 0] }, tune: {} },
        { label: 'Plain mixing', combiner: 'mixed', tune: { options: { lambda } } },
        { label: 'Bloop', combiner: 'bloop', tune: { options: { lambda } } },
      ],
    },
  ],
});

export default suite;
