import { defineSuite, type Suite } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

const suite: Suite = defineSuite({
  id: 'mnist',
  title: 'Smooth MNIST',
  summary: 'A perceptron that should be right about digits first and smooth second: five epochs, five seeds.',
  entries: [
    {
      task: 'smooth-mnist',
      title: 'Smooth MNIST, 5 epochs',
      options: { epochs: 5 },
      seeds: [0, 1, 2, 3, 4],
      full: { title: 'Smooth MNIST, 100 epochs', options: { epochs: 100 } },
      // A tenth worse than the worst of plain mixing.
      axes: [
        { objective: 'cross-entropy', reference: 0.3 },
        { objective: 'smoothness', reference: 2.35 },
      ],
      price: { named: 'Bloop' },
      methods: paperMethods([0.01, 0.03, 0.1, 0.3, 1, 3]),
    },
  ],
});

export default suite;
