import { defineSuite, type Suite } from '@scalpel/bench';

const suite: Suite = defineSuite({
  id: 'one-epoch',
  title: 'Smooth MNIST, one epoch',
  summary: 'A single run of a real task.',
  entries: [
    {
      task: 'smooth-mnist',
      options: { epochs: 1 },
      seeds: [0],
      axes: [
        { objective: 'cross-entropy', reference: 1 },
        { objective: 'smoothness', reference: 3 },
      ],
      methods: [{ label: 'Bloop', combiner: 'bloop', options: { lambda: 0.1 } }],
    },
  ],
});

export default suite;
