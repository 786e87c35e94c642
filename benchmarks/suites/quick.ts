import { defineSuite, type Suite } from '@scalpel/bench';
import { mainAlone, paperMethods, price, quadraticsAxes } from '../methods.ts';

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
      axes: quadraticsAxes,
      price,
      methods: [...paperMethods([0.01, 0.1, 1, 10, 100]), mainAlone()],
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
      price,
      methods: [...paperMethods([0.03, 0.1, 0.3, 1]), mainAlone()],
    },
  ],
});

export default suite;
