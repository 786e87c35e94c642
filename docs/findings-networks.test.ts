import { describe, expect, test } from 'vitest';
import {
  cells,
  differenceOf,
  digits,
  estimateOf,
  meanOf,
  page,
  partsOf,
  read,
  recordsOf,
  signed,
  tableOf,
  valuesOf,
} from './published.ts';

// What docs/findings.md says of experiments 2, 3, 4 and 6 and of the conflict in them, checked against the published records.

const HEAD = ['lambda', 'Mixed', 'PCGrad', 'Dynamic barrier', 'Bloop, no EMA', 'Bloop'];

const EXPERIMENTS = [
  ['fashion-and-digits', ['clothing', 'digit'], [0.1, 1, 10], 0.03],
  ['little-conflict', ['clothing', 'digit'], [0.1, 1, 10], 0.04],
  ['language-model', ['speeches', 'novel'], [0.05, 0.2, 1, 5], 0.02],
] as const;

test.each(EXPERIMENTS)('%s: the table is what the records give', (suite, losses, lambdas, rho) => {
  const records = recordsOf(suite);
  const rows = lambdas.map((lambda) => {
    const methods = [
      ['mixed', { lambda }],
      ['pcgrad', { lambda }],
      ['dynamic-barrier', { lambda }],
      ['bloop', { lambda, rho: 1 }],
      ['bloop', { lambda, rho }],
    ] as const;
    const ends = methods.map(([combiner, options]) =>
      losses
        .map((loss) => {
          const values = valuesOf(records, `test/${loss}`, combiner, options);
          expect(values).toHaveLength(3);
          return meanOf(values).toFixed(3);
        })
        .join(' / '),
    );
    return [String(lambda), ...ends];
  });
  expect(page).toContain(tableOf(HEAD, rows));
});

/** Beside mixing, as the published table says it. */
const volume = (suite: string, heading: string, method: string) =>
  cells(suite, heading, method, '### Beside Mixed')[1]!;
const holdsZero = (difference: string) => {
  const { value, reach } = partsOf(difference);
  return Math.abs(value) < reach;
};

describe('weight decay', () => {
  const heading = 'Weight decay, 8 epochs of 8,000 images';

  test('nothing can be told apart from mixing', () => {
    const [bloop, barrier, pcgrad] = ['Bloop', 'Dynamic barrier', 'PCGrad'].map((method) =>
      volume('weight-decay', heading, method),
    );
    expect(page).toContain(
      `of Bloop differs by ${bloop}, that of the dynamic barrier by ${barrier}, that of PCGrad by ${pcgrad}:`,
    );
    for (const difference of [bloop!, barrier!, pcgrad!]) expect(holdsZero(difference)).toBe(true);
    expect(cells('weight-decay', heading, 'Bloop')[0]).toBe('5');
  });

  test('two runs of Bloop broke down', () => {
    const broken = (combiner: string, rho?: number) =>
      recordsOf('weight-decay').filter(({ spec, outcome }) => {
        const own = spec.combiner.options as { readonly rho?: number };
        return (
          spec.combiner.id === combiner &&
          own.rho === rho &&
          outcome.state === 'finished' &&
          outcome.metrics['train/cross-entropy']! > 1.6
        );
      }).length;
    expect([broken('bloop', 0.03), broken('mixed')]).toEqual([2, 0]);
  });
});

test('fashion and digits: a better front, at lambda 1 for the clothing', () => {
  const heading = 'Fashion and digits, 8 epochs of 8,000 pictures';
  const [bloop, pcgrad] = ['Bloop', 'PCGrad'].map((method) => volume('fashion-and-digits', heading, method));
  expect(page).toContain(`differs from that of mixing by ${bloop}. At λ = 1`);
  expect(page).toContain(`PCGrad is between the two (${pcgrad})`);
  expect([bloop!, pcgrad!].map(holdsZero)).toEqual([false, true]);
  const records = recordsOf('fashion-and-digits');
  const [clothing, digit] = ['clothing', 'digit'].map((loss) =>
    differenceOf(
      valuesOf(records, `test/${loss}`, 'bloop', { lambda: 1, rho: 0.03 }),
      valuesOf(records, `test/${loss}`, 'mixed', { lambda: 1 }),
    ),
  );
  expect(page).toContain(
    `its clothing is better by ${signed(clothing!)}, and its digit worse by ${signed(digit!)}, an interval that contains 0`,
  );
  expect(-clothing!.mean).toBeGreaterThan(clothing!.reach);
  expect(Math.abs(digit!.mean)).toBeLessThan(digit!.reach);
});

test('little conflict: nothing can be told apart', () => {
  const heading = 'Little conflict, 6 epochs of 6,400 clothes';
  const [bloop, pcgrad] = ['Bloop', 'PCGrad'].map((method) => volume('little-conflict', heading, method));
  expect(page).toContain(`of Bloop differs by ${bloop}, that of PCGrad by ${pcgrad}.`);
  for (const method of ['Bloop', 'PCGrad', 'Dynamic barrier', 'Bloop, no EMA', 'MGDA']) {
    expect(holdsZero(volume('little-conflict', heading, method)), method).toBe(true);
  }
});

describe('the language model', () => {
  const heading = 'Speeches and a novel, 1200 steps';
  const records = recordsOf('language-model');
  const own = (loss: string, lambda: number, rho = 0.02) =>
    valuesOf(records, `test/${loss}`, 'bloop', { lambda, rho });
  const mixed = (loss: string, lambda: number) => valuesOf(records, `test/${loss}`, 'mixed', { lambda });

  test('the front is better', () => {
    const row = cells('language-model', heading, 'Bloop', '### Beside Mixed');
    expect(page).toContain(`differs from that of mixing by ${row[1]}. At mixing's novel`);
    expect(page).toContain(`the speeches are lower by ${row[4]}.`);
    for (const difference of [row[1]!, row[4]!]) expect(holdsZero(difference)).toBe(false);
    const [speeches, novel] = ['speeches', 'novel'].map((loss) => differenceOf(own(loss, 1), mixed(loss, 1)));
    expect(page).toContain(`both texts gain: ${signed(speeches!)} and ${signed(novel!)}.`);
    for (const { mean, reach } of [speeches!, novel!]) expect(-mean).toBeGreaterThan(reach);
  });

  test('mixed losses are lower for every t, on held-out text', () => {
    expect(cells('language-model', heading, 'Bloop', '### Beside Mixed')[6]).toBe('100 %');
  });

  test('of the rates of the average that in the middle is best', () => {
    const beside = (loss: string, rho: number) => differenceOf(own(loss, 0.2, rho), own(loss, 0.2));
    const [slower, faster, none] = [
      beside('novel', 0.004),
      beside('speeches', 0.1),
      beside('speeches', 0.9),
    ] as const;
    expect(page).toContain(
      `ρ = 0.1 costs ${signed(faster)} in the speeches; ρ = 0.9 costs ${signed(none)} and`,
    );
    expect(page).toContain(`costs ${signed(slower)} in the novel.`);
    for (const { mean, reach } of [slower, faster, none]) expect(mean).toBeGreaterThan(reach);
    const nearMixing = estimateOf(own('speeches', 0.2, 0.9)).mean - estimateOf(mixed('speeches', 0.2)).mean;
    expect(Math.abs(nearMixing)).toBeLessThan(0.01);
  });

  test('the speeches gain from the novel, with Bloop more', () => {
    const alone = valuesOf(records, 'test/speeches', 'constant');
    const [plain, ours] = [mixed('speeches', 1), own('speeches', 1)].map((values) =>
      differenceOf(values, alone),
    );
    expect(page).toContain(`lower by ${signed(plain!)} with mixing and by ${signed(ours!)} with Bloop,`);
    for (const { mean, reach } of [plain!, ours!]) expect(-mean).toBeGreaterThan(reach);
  });
});

describe('how much conflict there is', () => {
  const rows = read('../benchmarks/questions/conflict.md')
    .split('\n')
    .filter((line) => /^\| [A-Z]/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  /** The cosines of an experiment along training: mean, lowest and highest over the seeds. */
  const cosines = (title: string) =>
    rows
      .filter(([, experiment]) => experiment === title)
      .map(([, , , , cosine]) => cosine!.match(/-?[\d.]+/g)!.map(Number));

  test('at the end of training', () => {
    const said = (title: string) => digits(cosines(title).at(-1)![0]!, 3).replace(/(\.\d{3})\d*$/, '$1');
    expect(page).toContain(
      `${said('Smooth MNIST')} on smooth MNIST, ${said('Weight decay')} on weight decay, ${said('Fashion and digits')} for fashion and digits, ` +
        `${said('Speeches and a novel')} for the two texts, and ${said('Little conflict')} where there is little conflict`,
    );
  });

  test('where Bloop is ahead there is some in the end, with every seed; where there is little, none at any look', () => {
    for (const title of ['Smooth MNIST', 'Fashion and digits', 'Speeches and a novel', 'Weight decay'])
      expect(cosines(title).at(-1)![2], title).toBeLessThan(0);
    expect(cosines('Little conflict')).toHaveLength(4);
    for (const [, lowest] of cosines('Little conflict')) expect(lowest).toBeGreaterThan(0);
  });
});
