import { beforeAll, describe, expect, test } from 'vitest';
import { combine } from '../testing/scalpel.ts';

const gradients = [
  [-4, 1, 1],
  [6, 1, 1],
];

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
    ['an answer beyond float64', { ...good, gradients: [[1e308], [1e308]] }, 'good', 'beyond float64'],
    [
      'options that would not end',
      { ...good, combiner: 'sdmgrad', options: { iterations: Number.MAX_SAFE_INTEGER } },
      'good',
      'sdmgrad: option iterations: ',
    ],
    [
      'a prototype among the options',
      '{"id":"x","combiner":"sum","gradients":[[1]],"options":{"__proto__":{"x":1}}}',
      'x',
      'options.__proto__: no property may be called "__proto__"',
    ],
    [
      'one that hides',
      '{"id":"x","combiner":"sum","sequence":[{"gradients":[[1]],"\\u005f_prot\\u006f__":1}]}',
      'x',
      'sequence[0].__proto__: ',
    ],
    [
      'a name that all objects know',
      { ...good, options: { constructor: 1 } },
      'good',
      'no option "constructor"',
    ],
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
