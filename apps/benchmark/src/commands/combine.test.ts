import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { combine, scalpel, start } from '../testing/scalpel.ts';

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
    expect(answers).toEqual([
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
  // The average starts at zero: the first step is mixed. Then it is (0.1, 0.2), on which (2, 0) has coefficient 4.
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
    expect(answers[2]!.error).toContain('takes 1 batch of gradients a step, but got 2');
    expect(answers[3]!.error).toContain('sequence[1]: There are 2 rows for 1 objectives');
  });
});

test('an absent objective is null', async () => {
  const { answers } = await combine([{ id: 1, combiner: 'sum', gradients: [null, [1, 2]] }]);
  expect(answers).toEqual([{ id: 1, direction: [1, 2], coefficients: [1] }]);
});

describe('a bad line is an error line', () => {
  const good = { id: 'good', combiner: 'sum', gradients };
  const bad: readonly (readonly [string, object | string, unknown, string])[] = [
    ['not JSON', '{"id":"x", "combiner":', 'x', 'the line is not JSON'],
    ['NaN', '{"combiner":"sum","gradients":[[NaN]],"id":"x"}', 'x', 'JSON has no NaN or Infinity'],
    ['an overflowing number', '{"id":"x","combiner":"sum","gradients":[[1e999]]}', 'x', 'gradients[0][0]'],
    ['no object', '[1]', null, 'expected object'],
    ['null', 'null', null, 'expected object'],
    ['no id', { ...good, id: undefined }, null, 'id: must be a string or a number'],
    ['an id that is none', { ...good, id: {} }, null, 'id: must be a string or a number'],
    ['no combiner', { id: 'x', gradients }, 'x', 'combiner: '],
    ['an unknown combiner', { ...good, combiner: 'blop' }, 'good', 'Did you mean "bloop"?'],
    ['an unknown option', { ...good, combiner: 'bloop', options: { lamda: 1 } }, 'good', 'lamda'],
    ['a wrong option', { ...good, combiner: 'bloop', options: { rho: 2 } }, 'good', 'rho'],
    [
      'an unknown field',
      { ...good, gradient: 1 },
      'good',
      'there is no field "gradient". Did you mean "gradients"?',
    ],
    [
      'nothing to combine',
      { id: 'x', combiner: 'sum' },
      'x',
      'give exactly one of gradients, batches and sequence',
    ],
    ['too much to combine', { ...good, batches: [gradients] }, 'good', 'give exactly one of'],
    ['no rows', { ...good, gradients: [] }, 'good', 'gradients: there are no rows'],
    ['an empty row', { ...good, gradients: [[]] }, 'good', 'gradients[0]: the row is empty'],
    [
      'ragged rows',
      { ...good, gradients: [[1, 2], [1]] },
      'good',
      'gradients[1]: the row has 1 entries, but row 0 has 2',
    ],
    ['text for a number', { ...good, gradients: [[1, '2']] }, 'good', 'gradients[0][1]: '],
    ['all objectives absent', { ...good, gradients: [null, null] }, 'good', 'Every objective is absent'],
    ['too few priorities', { ...good, priorities: [0] }, 'good', 'priorities: 1 given for 2 rows'],
    ['a broken priority', { ...good, priorities: [0, 0.5] }, 'good', 'priorities[1]'],
    ['too many weights', { ...good, weights: [1, 1, 1] }, 'good', 'weights: 3 given for 2 rows'],
    ['a negative weight', { ...good, weights: [1, -1] }, 'good', 'weights[1]'],
    ['too few losses', { ...good, losses: [1] }, 'good', '1 losses for 2 objectives'],
    ['a broken seed', { ...good, seed: 'one' }, 'good', 'seed: '],
    ['a broken epoch', { ...good, epoch: -1 }, 'good', 'epoch: '],
    ['an empty sequence', { id: 'x', combiner: 'sum', sequence: [] }, 'x', 'sequence: there are no steps'],
    [
      'a broken step',
      { id: 'x', combiner: 'sum', sequence: [{ gradients }, { gradient: [] }] },
      'x',
      'sequence[1]: ',
    ],
    [
      'steps that differ',
      { id: 'x', combiner: 'bloop', sequence: [{ gradients }, { gradients: [[1], [1]] }] },
      'x',
      'sequence[1]: The rows have 1 entries',
    ],
    ['an answer beyond float64', { ...good, gradients: [[1e308], [1e308]] }, 'good', 'not finite'],
    ['very many problems', { ...good, gradients: [Array(1000).fill('x')] }, 'good', 'and 997 more'],
  ];

  let result: Awaited<ReturnType<typeof combine>>;
  beforeAll(async () => {
    result = await combine(bad.flatMap(([, line]) => [line, good]));
  });

  test.each(bad.map(([what, , id, message], index) => ({ what, id, message, index })))(
    '$what',
    ({ id, message, index }) => {
      const answer = result.answers[2 * index]!;
      expect(Object.keys(answer)).toEqual(['id', 'error']);
      expect(answer.id).toEqual(id);
      expect(answer.error).toContain(message);
      expect(answer.error).not.toContain('\n');
    },
  );

  test('after which the rest goes on, and the exit status is 1', () => {
    expect(result.answers).toHaveLength(2 * bad.length);
    for (let index = 1; index < result.answers.length; index += 2) {
      expect(result.answers[index]).toEqual({ id: 'good', direction: [2, 2, 2], coefficients: [1, 1] });
    }
    expect(result.status).toBe(1);
  });

  test('alone is enough for exit status 1', async () => {
    expect(await combine(['nonsense'])).toMatchObject({ status: 1, answers: [{ id: null }] });
  });
});

test('blank lines, a byte-order mark, carriage returns and separators within text do no harm', async () => {
  const one = JSON.stringify({ id: 'one\u2028two', combiner: 'sum', gradients });
  const { status, stdout, stderr } = await scalpel(['combine'], { input: `\uFEFF${one}\r\n\n  \r\n${one}` });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id)).toEqual(['one\u2028two', 'one\u2028two']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('no input is no output', async () => {
  expect(await scalpel(['combine'])).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('each line is answered before the next one comes', async () => {
  const child = start(['combine']);
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const id of ['first', 'second', 'third']) {
    child.stdin.write(`${JSON.stringify({ id, combiner: 'mean', gradients })}\n`);
    expect(JSON.parse(String((await answers.next()).value))).toMatchObject({ id, direction: [1, 1, 1] });
  }
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a matrix larger than any chunk, and more lines than any buffer', async () => {
  const row = Array.from({ length: 50_000 }, (_, index) => index / 7);
  const large = { id: 'large', combiner: 'sum', gradients: [row, row] };
  const small = Array.from({ length: 5_000 }, (_, id) => ({ id, combiner: 'sum', gradients }));
  const { answers, status } = await combine([large, ...small]);
  expect(answers[0]!.direction).toEqual(row.map((x) => 2 * x));
  expect(answers.slice(1).map(({ id }) => id)).toEqual(small.map(({ id }) => id));
  expect(status).toBe(0);
});

test('a reader that leaves early ends it quietly', async () => {
  const child = start(['combine']);
  const stderr: string[] = [];
  child.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify({ id: 1, combiner: 'sum', gradients })}\n`);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  for (let id = 0; id < 1000; id++)
    child.stdin.write(`${JSON.stringify({ id, combiner: 'sum', gradients })}\n`);
  child.stdin.end();
  await once(child, 'close');
  expect(stderr.join('')).toBe('');
});
