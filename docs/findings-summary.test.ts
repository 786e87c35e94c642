import { expect, test } from 'vitest';
import { cells, page, partsOf } from './published.ts';

// The summary of docs/findings.md: what it says of each experiment follows from the published difference to mixing.

const EXPERIMENTS = [
  ['smooth MNIST', 'better', 'mnist', 'Smooth MNIST, 5 epochs'],
  ['fashion and digits', 'better', 'fashion-and-digits', 'Fashion and digits, 8 epochs of 8,000 pictures'],
  ['speeches and a novel', 'better', 'language-model', 'Speeches and a novel, 1200 steps'],
  ['little conflict', 'no difference', 'little-conflict', 'Little conflict, 6 epochs of 6,400 clothes'],
  ['weight decay', 'better', 'weight-decay', 'Weight decay, 8 epochs of 8,000 images'],
  ['noisy quadratics', 'only in its code', 'quadratics', 'Noisy quadratics, 1000 epochs'],
] as const;

test('the table says what the published tables say', () => {
  const rows = EXPERIMENTS.map(([name, inPaper, suite, heading]) => {
    const difference = cells(suite, heading, 'Bloop', '### Beside Mixed')[1]!;
    const { value, reach } = partsOf(difference);
    const here = Math.abs(value) < reach ? 'no difference' : value > 0 ? 'better' : 'worse';
    return `| ${name} | ${inPaper} | ${here} | ${difference} |`;
  });
  expect(page).toContain(`| ---: |\n${rows.join('\n')}\n\n`);
});

test('it comes first, before any other section', () => {
  expect(page.match(/^## .*$/gm)![0]).toBe('## Summary');
});
