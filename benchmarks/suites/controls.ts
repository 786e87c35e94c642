import { defineSuite, type Suite, type SuiteEntry } from '@scalpel/bench';
import { log, price, rates, regularised, seeds, tunedMethods, tuning } from '../tuned.ts';

const digits = {
  task: 'two-digits',
  seeds: seeds.reported,
  tuning: tuning(24, rates.around),
  price,
} as const satisfies Partial<SuiteEntry>;
const options = { epochs: 5, batch: 32, images: 4000, validation: 1000, rate: 4e-3 };
const searched = { rho: log(0.02, 1), task: regularised, patience: [null, 2, 4] } as const;

const suite: Suite = defineSuite({
  id: 'controls',
  title: 'Controls',
  summary:
    'Where a method should win and where none should. What is expected was written before the runs, and its hash is in every record.',
  entries: [
    {
      ...digits,
      title: 'Classify the left digit, reconstruct the right one',
      options: { ...options, right: 'pixels' },
      expected:
        'Positive control. The two losses ask 50 shared features for different things, and differ in scale by more than ten. So at budgets from 1 % to 10 % of the cross-entropy at least one method that looks at gradients has a lower error of reconstruction than plain mixing within the same budget, with p below 0.05 after correction.',
      axes: [
        { objective: 'left', reference: Math.log(10) },
        { objective: 'right', reference: 0.11 },
      ],
      methods: tunedMethods({ ...searched, lambda: log(0.1, 1000) }),
    },
    {
      ...digits,
      title: 'Classify the left digit, classify the right one',
      options: { ...options, right: 'class' },
      expected:
        'Negative control. Both losses ask for the same kind of features and have the same scale. So at no budget has a method a lower loss of the right digit than plain mixing within the same budget, with p below 0.05 after correction; and no method is better than fixed weights that are its own mean weights.',
      axes: [
        { objective: 'left', reference: Math.log(10) },
        { objective: 'right', reference: Math.log(10) },
      ],
      methods: tunedMethods({ ...searched, lambda: log(0.01, 100) }),
    },
    {
      task: 'little-conflict',
      title: 'Little conflict, 3 epochs of 3,000 clothes',
      options: { epochs: 3, batch: 32, images: 4000, validation: 1000, rate: 0.1 },
      seeds: seeds.reported,
      rate: '1 / (1 + lambda)',
      tuning: tuning(24, rates.around),
      price,
      expected:
        'Negative control. The objectives have pictures of their own and hardly conflict; arXiv 2402.02998 finds all methods equal (figure 10). So at no budget has a method a lower loss of digits than plain mixing within the same budget, with p below 0.05 after correction.',
      axes: [
        { objective: 'clothing', reference: 1.6 },
        { objective: 'digit', reference: Math.log(10) },
      ],
      methods: tunedMethods({ ...searched, lambda: log(0.01, 100) }),
    },
  ],
});

export default suite;
