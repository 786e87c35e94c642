import { defineSuite, type Method, type Suite } from '@scalpel/bench';
import { mainAlone, price } from '../methods.ts';

const lambda = [0.1, 1];

/**
 * Toys in the plane: methods for objectives of equal rank, and methods that put the first one first. All use
 * the task's one rate. Published trajectories have factors for single methods, which are left out here, so
 * methods with short directions (IMTL-G, Aligned-MTL) get less far.
 */
const methods: readonly Method[] = [
  { label: 'Mean', combiner: 'mean' },
  { label: 'MGDA', combiner: 'mgda' },
  { label: 'PCGrad', combiner: 'pcgrad' },
  { label: 'CAGrad', combiner: 'cagrad' },
  { label: 'UPGrad', combiner: 'upgrad' },
  { label: 'Nash-MTL', combiner: 'nash-mtl' },
  { label: 'IMTL-G', combiner: 'imtl-g' },
  { label: 'Aligned-MTL', combiner: 'aligned-mtl' },
  { label: 'Dynamic barrier', combiner: 'dynamic-barrier', options: { lambda: 1 } },
  { label: 'Bloop', combiner: 'bloop', options: { rho: 0.1, initial: 'first' } },
];

const suite: Suite = defineSuite({
  id: 'toys',
  title: 'Toys',
  summary:
    'Small problems with a known answer: a single point, or a Pareto set. Where there are several seeds, each begins at another point.',
  entries: [
    {
      task: 'two-dimensional',
      seeds: [0],
      axes: [
        { objective: 'main', reference: 0.5, unit: { start: 0.5 } },
        { objective: 'auxiliary', reference: 1 },
      ],
      price,
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
        { label: 'PCGrad', combiner: 'pcgrad', sweep: { lambda } },
        { label: 'MGDA', combiner: 'mgda' },
        { label: 'Dynamic barrier', combiner: 'dynamic-barrier', sweep: { lambda } },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
        mainAlone(),
      ],
    },
    {
      task: 'three-levels',
      seeds: [0],
      axes: [
        { objective: 'first', reference: 0.5, unit: { start: 0.5 } },
        { objective: 'second', reference: 1 },
      ],
      further: [{ objective: 'third', reference: 5 }],
      price,
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
        mainAlone(3),
      ],
    },
    {
      task: 'elementwise-quadratic',
      seeds: [0, 1, 2, 3, 4],
      axes: [
        { objective: 'first', reference: 17 },
        { objective: 'second', reference: 17 },
      ],
      methods,
    },
    {
      task: 'convex-quadratic-form',
      seeds: [0, 1, 2, 3],
      axes: [
        { objective: 'first', reference: 2 },
        { objective: 'second', reference: 7 },
      ],
      methods,
    },
    {
      task: 'fonseca-fleming',
      seeds: [0, 1, 2, 3],
      axes: [
        { objective: 'first', reference: 1.1 },
        { objective: 'second', reference: 1.1 },
      ],
      methods,
    },
    {
      task: 'cagrad-toy',
      // 2500 long steps lead as far as 100,000 steps of 1e-3. With such small steps the mean gets stuck in
      // the valleys, but long steps leap over them.
      title: 'CAGrad toy, 2500 long steps',
      options: { steps: 2500, rate: 0.04 },
      full: { title: 'CAGrad toy', options: { steps: 100_000, rate: 1e-3 } },
      seeds: [0, 1, 2],
      axes: [
        { objective: 'first', reference: 15 },
        { objective: 'second', reference: 15 },
      ],
      methods,
    },
  ],
});

export default suite;
