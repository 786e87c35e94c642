import { defineSuite, type Method, type Suite, type SuiteEntry } from '@scalpel/bench';

/**
 * From too low to too high: for all methods but MGDA the best lies between the ends. The mean wants a higher
 * rate than the others.
 */
const rates = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** PCGrad adds up the gradients of the 32 examples of a batch. The others are means of them. */
const ofSums = rates.map((rate) => rate / 32);

const methods: readonly Method[] = [
  { label: 'Mean', combiner: 'mean', rates },
  { label: 'UPGrad', combiner: 'upgrad', rates },
  { label: 'PCGrad', combiner: 'pcgrad', rates: ofSums },
  { label: 'MGDA', combiner: 'mgda', rates },
];

const entry = (title: string, expected: string, options: SuiteEntry['options']): SuiteEntry => ({
  task: 'instance-wise-risk',
  title,
  expected,
  options: { epochs: 12, validation: 500, ...options },
  seeds: [1, 2, 3, 4, 5],
  axes: [
    { objective: 'cross-entropy', reference: Math.log(10) },
    { objective: 'worst-class-error', reference: 1 },
  ],
  price: { alone: 'Mean', named: 'UPGrad' },
  methods,
});

const suite: Suite = defineSuite({
  id: 'instance-wise-risk',
  title: 'Each example as an objective',
  summary:
    'Digits in batches of 32, whose gradients are combined one example each, beside the usual mean loss: clean labels, wrong labels, rare classes. Five seeds, eight learning rates for every method.',
  entries: [
    entry('Clean and balanced', 'The mean has the lowest cross-entropy, as in a trial with seed 7.', {
      images: 1500,
    }),
    entry('30 % wrong labels', 'UPGrad has a lower cross-entropy than the mean, as in a trial with seed 7.', {
      images: 1500,
      noise: 0.3,
    }),
    entry('Rare classes', 'The mean has the lowest cross-entropy, as in a trial with seed 0.', {
      images: 3500,
      imbalance: 20,
    }),
  ],
});

export default suite;
