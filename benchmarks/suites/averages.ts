import { defineSuite, type Suite } from '@scalpel/bench';
import { mainAlone, price, quadraticsAxes } from '../methods.ts';

const lambda = 0.1;

const suite: Suite = defineSuite({
  id: 'averages',
  title: 'What the moving average is worth',
  summary:
    'Noisy quadratics, with other things to project on in the place of the moving average: this batch, the last one, two more batches, all batches so far, the momentum of the optimizer.',
  entries: [
    {
      task: 'quadratics',
      title: 'Noisy quadratics, 250 epochs',
      options: { epochs: 250 },
      seeds: [0, 1, 2, 3, 4, 5, 6, 7],
      full: { title: 'Noisy quadratics, 1000 epochs', options: { epochs: 1000 } },
      axes: quadraticsAxes,
      price: { ...price, named: 'Moving average' },
      methods: [
        { label: 'Mixed', combiner: 'mixed', options: { lambda } },
        { label: 'This batch', combiner: 'bloop', options: { lambda, rho: 1, update: 'before' } },
        { label: 'Last batch', combiner: 'bloop', options: { lambda, rho: 1 } },
        { label: 'Two more batches', combiner: 'bloop-average', options: { lambda, average: 'batches' } },
        { label: 'All batches so far', combiner: 'bloop-average', options: { lambda } },
        {
          label: 'Momentum',
          combiner: 'bloop-average',
          options: { lambda, average: 'directions' },
          sweep: { rho: [0.003, 0.01, 0.03, 0.1] },
        },
        {
          label: 'Moving average',
          combiner: 'bloop',
          options: { lambda },
          sweep: { rho: [0.003, 0.01, 0.03, 0.1] },
        },
        mainAlone(),
      ],
    },
  ],
});

export default suite;
