import { defineSuite, type Suite } from '@scalpel/bench';

const lambda = [0.1, 0.3, 1, 3];

const suite: Suite = defineSuite({
  id: 'valley',
  title: 'Valley',
  summary: 'The combiner of this package beside mixing and Bloop.',
  entries: [
    {
      task: 'valley',
      seeds: [0],
      axes: [
        { objective: 'main', reference: 30 },
        { objective: 'auxiliary', reference: 30 },
      ],
      methods: [
        { label: 'Equal lengths', combiner: 'equal' },
        { label: 'Mixing', combiner: 'mixed', sweep: { lambda } },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
      ],
    },
  ],
});

export default suite;
