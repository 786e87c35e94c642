import { describe, expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

const known = {
  suite: { type: 'positional', required: true },
  seeds: { type: 'string' },
  plugin: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const parse = (...given: string[]) => parseArguments('run', given, known);

const nothing = { suite: 'quick', seeds: undefined, plugin: [], json: false };

test.each([
  [['quick'], nothing],
  [['quick', '--seeds', '5', '--json'], { ...nothing, seeds: '5', json: true }],
  [['--json', '--seeds=5', 'quick'], { ...nothing, seeds: '5', json: true }],
  [['--seeds', '-5', 'quick'], { ...nothing, seeds: '-5' }],
  [['--plugin', 'a', 'quick', '--plugin=b'], { ...nothing, plugin: ['a', 'b'] }],
])('reads %j', (given, read) => {
  expect(parse(...given)).toEqual(read);
});

test('what is not given is what it is by default', () => {
  const args = {
    suite: { type: 'positional', required: false, default: 'quick' },
    store: { type: 'string', default: 'file' },
  } as const;
  expect(parseArguments('bench', [], args)).toEqual({ suite: 'quick', store: 'file' });
  expect(parseArguments('bench', ['slow', '--store', 'other'], args)).toEqual({
    suite: 'slow',
    store: 'other',
  });
});

describe('refuses', () => {
  test.each([
    [['quick', '--sedes', '5'], 'run has no flag --sedes. Did you mean "--seeds"?'],
    [['quick', '--verbose'], 'run has no flag --verbose. Known: --seeds, --plugin, --json.'],
    [['quick', '-x'], 'run has no flag -x.'],
    [['quick', '--no-json'], 'run has no flag --no-json.'],
    [['quick', '--suite', 'x'], 'run has no flag --suite.'],
    [['quick', '--seeds'], '--seeds needs a value.'],
    [['quick', '--seeds='], '--seeds needs a value.'],
    [['quick', '--seeds', '--json'], '--seeds needs a value.'],
    [['quick', '--json=yes'], '--json takes no value, but got "yes".'],
    [['quick', '--seeds', '1', '--seeds', '2'], '--seeds is given twice. Give it once.'],
    [['quick', 'slow'], 'run does not know what to do with "slow".'],
    [[], 'run needs SUITE.'],
  ])('%j', (given, message) => {
    expect(() => parse(...given)).toThrow(message);
    expect(() => parse(...given)).toThrow('See scalpel run --help.');
  });
});

test('a flag that is required is asked for', () => {
  const args = { store: { type: 'string', required: true } } as const;
  expect(() => parseArguments('worker', [], args)).toThrow(
    'worker needs --store. See scalpel worker --help.',
  );
  expect(() => parseArguments('worker', ['--store', 'x'], args)).not.toThrow();
});
