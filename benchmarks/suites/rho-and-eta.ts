import { defineSuite, type Suite } from '@scalpel/bench';
import { mainAlone, price, quadraticsAxes } from '../methods.ts';

/** Steps times rate, the same for all: 250 epochs at 1e-3. */
const HORIZON = 0.25;
const rates = [1.25e-4, 2.5e-4, 5e-4, 1e-3, 2e-3];
const rho = [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1];

const suite: Suite = defineSuite({
  id: 'rho-and-eta',
  title: 'The rate of the average against that of the steps',
  summary:
    'Noisy quadratics at five learning rates, each for as many steps as make up for it: which rho is best at which rate? Theory says that rho should grow as the rate to the power of 2/3.',
  entries: rates.map((rate) => ({
    task: 'quadratics',
    title: `Noisy quadratics, rate ${rate}`,
    options: { rate, epochs: Math.round(HORIZON / rate) },
    seeds: [0, 1, 2, 3, 4, 5],
    axes: quadraticsAxes,
    price,
    methods: [
      { label: 'Mixed', combiner: 'mixed', options: { lambda: 0.1 } },
      { label: 'Bloop', combiner: 'bloop', options: { lambda: 0.1 }, sweep: { rho } },
      mainAlone(),
    ],
  })),
  maps: [{ method: 'Bloop', across: 'rate', up: 'rho', objective: 'main', exponent: 2 / 3 }],
});

export default suite;
