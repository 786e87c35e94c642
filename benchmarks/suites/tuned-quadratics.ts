import { defineSuite, type Suite } from '@scalpel/bench';
import { quadraticsAxes } from '../methods.ts';
import { log, price, rates, seeds, tunedMethods, tuning } from '../tuned.ts';

const suite: Suite = defineSuite({
  id: 'tuned-quadratics',
  title: 'Noisy quadratics, tuned',
  summary:
    'A bilevel problem whose exact solution is known. Every method has as many trials. There are no held-out data: the noise of a run is all that is drawn.',
  entries: [
    {
      task: 'quadratics',
      title: 'Noisy quadratics, 250 epochs',
      options: { epochs: 250 },
      seeds: seeds.reported,
      tuning: tuning(48, rates.around),
      price,
      axes: quadraticsAxes,
      methods: tunedMethods({ lambda: log(1e-3, 1e3), rho: log(1e-3, 1) }),
    },
  ],
});

export default suite;
