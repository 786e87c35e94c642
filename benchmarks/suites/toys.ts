import { defineSuite, type Suite } from '@scalpel/bench/suite';

const lambda = [0.1, 1];

const suite: Suite = defineSuite({
  id: 'toys',
  title: 'Toys',
  summary: 'Problems with a known answer, in seconds: (0, 0) in the plane, (0, 0, 2) on three levels.',
  entries: [
    {
      task: 'two-dimensional',
      seeds: [0],
      axes: [
        { objective: 'main', reference: 0.5 },
        { objective: 'auxiliary', reference: 1 },
      ],
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
        { label: 'PCGrad', combiner: 'pcgrad', sweep: { lambda } },
        { label: 'MGDA', combiner: 'mgda' },
        { label: 'Dynamic barrier', combiner: 'dynamic-barrier', sweep: { lambda } },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
      ],
    },
    {
      task: 'three-levels',
      seeds: [0],
      axes: [
        { objective: 'first', reference: 0.5 },
        { objective: 'third', reference: 5 },
      ],
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
      ],
    },
  ],
});

export default suite;
