import { defineSuite, type Suite } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

const suite: Suite = defineSuite({
  id: 'quick',
  title: 'Quick look',
  summary: 'The methods of the Bloop paper on noisy quadratics and on MNIST, in minutes on two cores.',
  entries: [
    {
      task: 'quadratics',
      title: 'Noisy quadratics, 250 epochs',
      options: { epochs: 250 },
      seeds: [0, 1, 2],
      full: { title: 'Noisy quadratics, 1000 epochs', options: { epochs: 1000 }, seeds: [0, 1, 2, 3, 4] },
      // About the losses before the first step: a run that ends with worse ones has gained nothing.
      axes: [
        { objective: 'main', reference: 5500, scale: 'log' },
        { objective: 'auxiliary', reference: 15_000 },
      ],
      methods: paperMethods([0.01, 0.1, 1, 10, 100]),
    },
    {
      task: 'smooth-mnist',
      title: 'Smooth MNIST, 3 epochs',
      options: { epochs: 3 },
      seeds: [0],
      full: { title: 'Smooth MNIST, 100 epochs', options: { epochs: 100 }, seeds: [0, 1, 2] },
      // A tenth worse than the worst of plain mixing.
      axes: [
        { objective: 'cross-entropy', reference: 0.22 },
        { objective: 'smoothness', reference: 2.4 },
      ],
      methods: paperMethods([0.03, 0.1, 0.3, 1]),
    },
  ],
});

export default suite;
