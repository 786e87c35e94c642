import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { combine } from '../testing/scalpel.ts';

const gradients = [
  [-4, 1, 1],
  [6, 1, 1],
];

describe('published and exact values', () => {
  const both = (first: number, second: number) => ({
    coefficients: [first, second],
    direction: [-4 * first + 6 * second, first + second, first + second],
  });

  test.each([
    ['mean', {}, both(1 / 2, 1 / 2)],
    ['sum', {}, both(1, 1)],
    ['mixed', { lambda: 0.1 }, both(1, 0.1)],
    ['mgda', {}, both(0.6, 0.4)],
    ['pcgrad', {}, both(20 / 9, 30 / 19)],
    ['pcgrad', { lambda: 0.1 }, both(1 + 11 / 90, 0.1 + 11 / 19)],
    ['dynamic-barrier', { lambda: 0.1 }, both(1 + 11 / 90, 0.1)],
  ])('%s %j', async (combiner, options, expected) => {
    const { status, answers } = await combine([{ id: 'golden', combiner, options, gradients }]);
    expect(answers).toMatchObject([
      {
        id: 'golden',
        direction: expected.direction.map((x) => expect.closeTo(x, 9)),
        coefficients: expected.coefficients.map((x) => expect.closeTo(x, 9)),
      },
    ]);
    expect(status).toBe(0);
  });

  test('bloop on the updated average is the full-batch direction in its first step', async () => {
    const { answers } = await combine([
      { id: 1, combiner: 'bloop', options: { lambda: 0.1, update: 'before' }, gradients },
    ]);
    const direction = answers[0]!.direction as number[];
    expect(direction).toEqual([-35 / 9, 11 / 9, 11 / 9].map((x) => expect.closeTo(x, 12)));
    expect(direction.reduce((sum, x, i) => sum + x * gradients[0]![i]!, 0)).toBeCloseTo(18, 12);
  });
});

test('a line holds the certificate where the method gives one, in each step of a sequence too', async () => {
  const opposed = [
    [1, -2],
    [-2, 4],
  ];
  const { answers } = await combine([
    { id: 1, combiner: 'nash-mtl', gradients: opposed },
    { id: 2, combiner: 'nash-mtl', sequence: [{ gradients: [[3], [4]] }, { gradients: opposed }] },
    { id: 3, combiner: 'mean', gradients },
  ]);
  const none = {
    direction: [0, 0],
    coefficients: [0, 0],
    certificate: { solved: false, residual: 0, note: expect.stringMatching(/No direction/) },
  };
  expect(answers[0]).toEqual({ id: 1, ...none });
  expect(answers[1]!.steps).toMatchObject([{ certificate: { solved: true } }, none]);
  expect(answers[2]).not.toHaveProperty('certificate');
});

test('a sequence carries the average from step to step', async () => {
  const { answers } = await combine([
    {
      id: 'b',
      combiner: 'bloop',
      options: { lambda: 0.5, rho: 0.1 },
      sequence: [
        {
          gradients: [
            [1, 2],
            [3, 4],
          ],
        },
        {
          gradients: [
            [1, 1],
            [2, 0],
          ],
        },
      ],
    },
  ]);
  // The average starts at zero, so the first step is plain mixing. Then it is (0.1, 0.2), for which (2, 0)
  // has the coefficient 4.
  expect(answers).toEqual([
    {
      id: 'b',
      steps: [
        { direction: [2.5, 4], coefficients: [1, 0.5, 0] },
        {
          direction: [expect.closeTo(1.8, 12), expect.closeTo(0.6, 12)],
          coefficients: [1, 0.5, expect.closeTo(-2, 12)],
        },
      ],
    },
  ]);
});

test('numbers are float64 and printed so that they read back the same', async () => {
  const tiny = 0.1 + 0.2;
  const { answers } = await combine([{ id: 'x', combiner: 'sum', gradients: [[tiny, 1e-300, 1e300]] }]);
  expect(answers[0]!.direction).toEqual([tiny, 1e-300, 1e300]);
});

test('priorities decide which row is the main one', async () => {
  const { answers } = await combine([
    { id: 1, combiner: 'mixed', options: { lambda: 0.1 }, gradients, priorities: [1, 0] },
    { id: 2, combiner: 'mixed', options: { lambda: 0.1 }, gradients: [...gradients].reverse() },
  ]);
  expect(answers[0]!.direction).toEqual(answers[1]!.direction);
  expect(answers[0]!.coefficients).toEqual([0.1, 1]);
});

test('weights scale rows, and coefficients stay over the rows that were given', async () => {
  const { answers } = await combine([
    { id: 1, combiner: 'pcgrad', gradients, weights: [2, 0.5] },
    {
      id: 2,
      combiner: 'pcgrad',
      gradients: [gradients[0]!.map((x) => 2 * x), gradients[1]!.map((x) => x / 2)],
    },
  ]);
  expect(answers[0]!.direction).toEqual(answers[1]!.direction);
  const [a, b] = answers[0]!.coefficients as [number, number];
  expect(a * -4 + b * 6).toBeCloseTo((answers[0]!.direction as number[])[0]!, 12);
});

describe('what a case says reaches the combiner', () => {
  const plugin = ['--plugin', fileURLToPath(new URL('../testing/plugin.ts', import.meta.url))];

  test('the seed alone decides what is random', async () => {
    const cases = [1, 1, 2].map((seed, id) => ({ id, combiner: 'chance', gradients, seed }));
    const { answers } = await combine([...cases, { id: 3, combiner: 'chance', gradients }], plugin);
    const [a, b, c] = answers.map(({ direction }) => direction);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test('losses, losses after the step and epochs, of the case or of its steps', async () => {
    const rows = { gradients: [[1], [1], [1]] };
    const { answers } = await combine(
      [
        { id: 'none', combiner: 'told', ...rows },
        { id: 'case', combiner: 'told', ...rows, losses: [1, 2, 3], epoch: 4 },
        {
          id: 'steps',
          combiner: 'told',
          sequence: [
            { ...rows, losses: [1, 2, 3], lossesAfter: [0, 0, 0.5], epoch: 4 },
            { ...rows, losses: [5, 6, 7], epoch: 5 },
          ],
        },
        {
          id: 'both',
          combiner: 'told',
          losses: [1, 2, 3],
          lossesAfter: [0, 0, 10],
          sequence: [rows, { ...rows, losses: [5, 6, 7], epoch: 8 }],
        },
      ],
      plugin,
    );
    const coefficients = answers.map(({ steps, ...step }) =>
      ((steps ?? [step]) as { readonly coefficients: unknown }[]).map((step) => step.coefficients),
    );
    expect(coefficients).toEqual([
      [[0, 0, 0]],
      [[4, 2, 3]],
      [
        [4, 2, 3],
        [5, 6, 7.5],
      ],
      [
        [0, 2, 3],
        [8, 6, 17],
      ],
    ]);
  });

  test('as many batches as the combiner takes', async () => {
    const { answers, status } = await combine(
      [
        { id: 'three', combiner: 'three-batches', batches: [[[1]], [[10]], [[100]]] },
        { id: 'one', combiner: 'three-batches', gradients: [[1]] },
      ],
      plugin,
    );
    expect(answers[0]).toEqual({ id: 'three', direction: [210], coefficients: [0, 1, 2] });
    expect(answers[1]!.error).toMatch(/takes 3 batch.*got 1/);
    expect(status).toBe(1);
  });

  test('element-wise combiners answer with a direction that has no coefficients', async () => {
    const { answers } = await combine(
      [
        { id: 1, combiner: 'largest', gradients: [[1, -2], [0.5, 3], null] },
        {
          id: 2,
          combiner: 'largest',
          gradients: [
            [1, -2],
            [0.5, 3],
          ],
          weights: [1, 4],
        },
        { id: 3, combiner: 'largest', batches: [[[1]], [[1]]] },
        { id: 4, combiner: 'largest', sequence: [{ gradients: [[1]] }, { gradients: [[1], [2]] }] },
      ],
      plugin,
    );
    expect(answers.slice(0, 2)).toEqual([
      { id: 1, direction: [1, 3], coefficients: [] },
      { id: 2, direction: [2, 12], coefficients: [] },
    ]);
    expect(answers[2]!.error).toContain('takes 1 batch(es) of gradients a step, but got 2');
    expect(answers[3]!.error).toContain('sequence[1]: Batch 0 has 2 rows for 1 objectives');
  });
});

test('a loss that is null makes its objective absent, whether its row is there or not', async () => {
  const step = (first: readonly number[] | null, loss: number | null) => ({
    gradients: [first, [0, 1]],
    losses: [loss, 2],
    lossesAfter: [loss, 1],
  });
  const case_ = (id: number, middle: ReturnType<typeof step>) => ({
    id,
    combiner: 'famo',
    sequence: [step([1, 0], 4), middle, step([1, 0], 3)],
  });
  const { answers } = await combine([
    case_(0, step(null, 4)),
    case_(1, step(null, null)),
    case_(2, step([1, 0], null)),
  ]);
  expect(answers[0]!.steps).toMatchObject([{}, { direction: [0, 1], coefficients: [1] }, {}]);
  for (const { steps } of answers.slice(1)) expect(steps).toEqual(answers[0]!.steps);
  const batches = [
    [[1], [2]],
    [[1], [2]],
    [[1], [2]],
  ];
  const modo = { combiner: 'modo', batches };
  const several = await combine([
    { id: 0, ...modo, losses: [1, null] },
    { id: 1, ...modo, losses: [1, 2, 1, null, 1, 2] },
    { id: 2, combiner: 'modo', batches: batches.map(([row]) => [row!, null]) },
  ]);
  for (const { direction } of several.answers) expect(direction).toEqual([1]);
});

test('an absent objective is null', async () => {
  const { answers } = await combine([{ id: 1, combiner: 'sum', gradients: [null, [1, 2]] }]);
  expect(answers).toEqual([{ id: 1, direction: [1, 2], coefficients: [1] }]);
});
