import { defineSuite, type Suite } from '@scalpel/bench';
import { mainAlone, paperMethods, price, quadraticsAxes } from '../methods.ts';

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
      axes: quadraticsAxes,
      price,
      methods: [...paperMethods([0.001, 0.01, 0.1, 1, 10, 100, 1000]), mainAlone()],
    },
  ],
});

export default suite;
