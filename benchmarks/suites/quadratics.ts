import { defineSuite, type Suite } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

const suite: Suite = defineSuite({
  id: 'quadratics',
  title: 'Noisy quadratics',
  summary:
    "The experiment that accompanies the paper's code, at its size: a bilevel problem whose exact solution is known. Eight seeds.",
  entries: [
    {
      task: 'quadratics',
      title: 'Noisy quadratics, 1000 epochs',
      // This many seeds let five methods differ from mixing at 0.05 after correction.
      seeds: [0, 1, 2, 3, 4, 5, 6, 7],
      // About the losses before the first step: a run that ends with worse ones has gained nothing.
      axes: [
        { objective: 'main', reference: 5500, scale: 'log' },
        { objective: 'auxiliary', reference: 15_000 },
      ],
      methods: paperMethods([0.001, 0.01, 0.1, 1, 10, 100, 1000]),
    },
  ],
});

export default suite;
