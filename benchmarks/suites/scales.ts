import { defineSuite, type Method, type Suite } from '@scalpel/bench';
import { mainAlone, price, quadraticsAxes } from '../methods.ts';

const SCALES = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];
const lambda = 0.1;

/**
 * One setting for each method. The suite asks how good that setting stays when the units of a loss change.
 */
const methods: readonly Method[] = [
  { label: 'Mixed', combiner: 'mixed', options: { lambda } },
  { label: 'PCGrad', combiner: 'pcgrad', options: { lambda } },
  { label: 'Dynamic barrier', combiner: 'dynamic-barrier', options: { lambda } },
  { label: 'Bloop', combiner: 'bloop', options: { lambda } },
  { label: 'MGDA', combiner: 'mgda' },
  { label: 'UPGrad', combiner: 'upgrad' },
  // These bring the gradients or the losses to one scale.
  { label: 'MetaBalance', combiner: 'metabalance' },
  { label: 'IMTL-G', combiner: 'imtl-g' },
  { label: 'Nash-MTL', combiner: 'nash-mtl' },
  { label: 'Geometric mean', combiner: 'geometric-mean' },
  mainAlone(),
];

const suite: Suite = defineSuite({
  id: 'scales',
  title: 'A loss in other units',
  summary:
    'Noisy quadratics whose auxiliary loss is multiplied by 0.001 to 1000 in training, and evaluated as it was: who minds, and does it help to normalise?',
  entries: SCALES.map((scale) => ({
    task: 'quadratics',
    title: `Auxiliary loss times ${scale}`,
    options: { scale, epochs: 125 },
    // This many seeds let nine methods differ from mixing at 0.05 after correction.
    seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8],
    axes: quadraticsAxes,
    price,
    methods,
  })),
});

export default suite;
