import { defineSuite, type Method, type Suite, type SuiteEntry } from '@scalpel/bench';
import { paperMethods } from '../methods.ts';

/** Over 1200 steps an average with this rho is renewed 24 times. */
const rho = 0.02;

const model = {
  task: 'language-model',
  options: { width: 48, feedForward: 192, context: 32, batch: 16, steps: 1200 },
  seeds: [0, 1, 2],
  // A tenth worse than the worst of plain mixing in a trial (seed 0, lambda 0.05 to 5, 1600 steps). No other
  // method was used to choose it.
  axes: [
    { objective: 'speeches', reference: 2.4 },
    { objective: 'novel', reference: 2.45 },
  ],
  price: { alone: 'Speeches alone', named: 'Bloop' },
} as const satisfies Partial<SuiteEntry>;

const full = {
  layers: 12,
  heads: 8,
  width: 256,
  feedForward: 1024,
  context: 128,
  batch: 128,
  steps: 300_000,
};
const speechesAlone: Method = {
  label: 'Speeches alone',
  combiner: 'constant',
  options: { weights: [1, 0] },
};

/** From 1e-4 to 10, evenly spaced in their logarithms. */
const manyLambdas = Array.from({ length: 16 }, (_, index) => Number((10 ** (index / 3 - 4)).toPrecision(3)));

/** Settings with lambda 0.2. */
const rhos = (values: readonly number[]): readonly Method[] => [
  { label: 'Mixed', combiner: 'mixed', options: { lambda: 0.2 } },
  { label: 'Bloop', combiner: 'bloop', options: { lambda: 0.2 }, sweep: { rho: values } },
  speechesAlone,
];

const suite: Suite = defineSuite({
  id: 'language-model',
  title: 'Speeches and a novel',
  summary:
    'A transformer of two layers reads bytes: State of the Union addresses first, the beginning of Moby-Dick second. 1200 steps of Adam, three seeds.',
  entries: [
    {
      ...model,
      title: 'Speeches and a novel, 1200 steps',
      methods: [...paperMethods([0.05, 0.2, 1, 5], rho), speechesAlone],
      full: {
        title: 'Speeches and a novel, 12 layers, 300,000 steps',
        options: full,
        methods: [...paperMethods(manyLambdas), speechesAlone],
      },
    },
    {
      ...model,
      title: 'The rate of the average, lambda 0.2',
      methods: rhos([0.004, rho, 0.1, 0.9]),
      full: {
        title: 'The rate of the average, lambda 0.2, 12 layers, 300,000 steps',
        options: full,
        methods: rhos([0.001, 0.01, 0.1, 0.9]),
      },
    },
  ],
});

export default suite;
