import { describe, expect, test } from 'vitest';
import { checkArguments, repeated } from './arguments.ts';

const known = {
  suite: { type: 'positional', required: true },
  seeds: { type: 'string' },
  plugin: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const check = (...given: string[]) => checkArguments('run', given, known);

test.each([
  [['quick']],
  [['quick', '--seeds', '5', '--json']],
  [['--json', '--seeds=5', 'quick']],
  [['--plugin', 'a', 'quick', '--plugin=b']],
])('accepts %j', (given) => {
  expect(() => check(...given)).not.toThrow();
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
    expect(() => check(...given)).toThrow(message);
    expect(() => check(...given)).toThrow('See scalpel run --help.');
  });
});

test('all values of a repeated flag are kept, in order', () => {
  expect(repeated('plugin', ['--plugin', 'a', 'quick', '--plugin=b', '--seeds', '3'], known)).toEqual([
    'a',
    'b',
  ]);
});

test('a flag that is required is asked for', () => {
  const args = { store: { type: 'string', required: true } } as const;
  expect(() => checkArguments('worker', [], args)).toThrow(
    'worker needs --store. See scalpel worker --help.',
  );
  expect(() => checkArguments('worker', ['--store', 'x'], args)).not.toThrow();
});
