import { defineSuite, type Suite } from '@scalpel/bench';

const lambda = [0.1, 1];

const suite: Suite = defineSuite({
  id: 'outside',
  title: 'Outside',
  summary: 'Two methods on a small problem, in a folder of their own.',
  entries: [
    {
      task: 'quadratics',
      options: { epochs: 2 },
      seeds: [0],
      axes: [
        { objective: 'main', reference: 1e9 },
        { objective: 'auxiliary', reference: 1e9 },
      ],
      methods: ['mixed', 'bloop'].map((combiner) => ({
        label: combiner === 'bloop' ? 'Bloop' : 'Mixing',
        combiner,
        sweep: { lambda },
      })),
    },
  ],
});

export default suite;
