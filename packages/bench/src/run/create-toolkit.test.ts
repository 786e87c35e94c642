import type { BackendDefinition, CombinerDefinition, Plugin, TaskDefinition } from '@scalpel/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createToolkit } from './create-toolkit.ts';

const combiner = (id: string): CombinerDefinition => ({
  id,
  title: id,
  summary: '',
  version: 1,
  options: z.object({}),
  guarantees: [],
  create: () => ({ name: id, needs: 'nothing', weights: (rows) => rows.map(() => 1) }),
});
const task = (id: string): TaskDefinition => ({
  id,
  title: id,
  summary: '',
  version: 1,
  options: z.object({}),
  objectives: ['main'],
  create: () => {
    throw new Error('not run here');
  },
});
const backend = (id: string): BackendDefinition => ({
  id,
  title: id,
  summary: '',
  version: 1,
  probe: async () => ({ works: true, detail: '' }),
  start: async () => {},
});

const ours: Plugin = { name: 'ours', combiners: [combiner('mean'), combiner('bloop')], tasks: [task('toy')] };
const theirs: Plugin = { name: 'theirs', combiners: [combiner('theirs')], backends: [backend('cpu')] };

/** The message of `createToolkit` for a value that the compiler would refuse. */
function refusal(value: unknown): string {
  try {
    createToolkit(value as Plugin);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The plugin was accepted.');
}

describe('what plugins bring', () => {
  const toolkit = createToolkit(ours, theirs);

  test('keeps the order of the plugins and of their definitions', () => {
    expect(toolkit.plugins).toEqual(['ours', 'theirs']);
    expect(toolkit.combiners.map(({ id }) => id)).toEqual(['mean', 'bloop', 'theirs']);
    expect(toolkit.tasks.map(({ id }) => id)).toEqual(['toy']);
    expect(toolkit.backends.map(({ id }) => id)).toEqual(['cpu']);
  });

  test('is found by id, and is the very value that the plugin holds', () => {
    expect(toolkit.combiner('bloop')).toBe(ours.combiners?.[1]);
    expect(toolkit.task('toy')).toBe(ours.tasks?.[0]);
    expect(toolkit.backend('cpu')).toBe(theirs.backends?.[0]);
  });

  test('cannot be changed', () => {
    expect(() => (toolkit.combiners as CombinerDefinition[]).push(combiner('late'))).toThrow(TypeError);
    expect(() => Object.assign(toolkit.combiner('mean'), { version: 2 })).toThrow(TypeError);
    expect(() => Object.assign(toolkit, { combiners: [] })).toThrow(TypeError);
  });

  test('may be nothing at all', () => {
    expect(createToolkit().combiners).toEqual([]);
    expect(() => createToolkit().combiner('mean')).toThrow('There is no combiner "mean". There are none.');
  });
});

describe('an unknown id', () => {
  const toolkit = createToolkit(ours, theirs);

  test.each(['blop', 'Bloop', 'bloops', 'blo'])('%s is answered with the nearest one', (id) => {
    expect(() => toolkit.combiner(id)).toThrow(`There is no combiner "${id}". Did you mean "bloop"?`);
  });

  test('that is near to none is answered with all of them', () => {
    expect(() => toolkit.combiner('something-else')).toThrow(
      'There is no combiner "something-else". Known: mean, bloop, theirs.',
    );
    expect(() => toolkit.task('x')).toThrow('There is no task "x". Known: toy.');
    expect(() => toolkit.backend('xpu')).toThrow('There is no backend "xpu". Did you mean "cpu"?');
  });
});

describe('refuses', () => {
  test('one id in two plugins, naming both', () => {
    const copy: Plugin = { name: 'copy', combiners: [combiner('bloop')] };
    expect(() => createToolkit(ours, copy)).toThrow(
      'Plugins "ours" and "copy" both have a combiner with the id "bloop". Rename one, or load only one of the two.',
    );
    expect(() => createToolkit(ours, { name: 'copy', tasks: [task('toy')] })).toThrow(
      /"ours" and "copy" both have a task/,
    );
    expect(() => createToolkit(theirs, { name: 'copy', backends: [backend('cpu')] })).toThrow(
      /"theirs" and "copy" both have a backend/,
    );
  });

  test('one id twice in a plugin', () => {
    expect(() => createToolkit({ name: 'ours', combiners: [combiner('mean'), combiner('mean')] })).toThrow(
      'Plugin "ours" has two combiners with the id "mean". Rename one.',
    );
  });

  test('two plugins of one name, whatever they bring', () => {
    expect(() => createToolkit(ours, { name: 'ours' })).toThrow('Two plugins are named "ours".');
  });

  test('but not one id for a combiner and a task', () => {
    expect(createToolkit(ours, { name: 'other', tasks: [task('mean')] }).task('mean').id).toBe('mean');
  });

  const shapes: readonly (readonly [string, unknown, string])[] = [
    ['nothing', undefined, 'A value given as a plugin does not have the shape of one: it must be an object.'],
    ['a function', () => ours, 'it must be an object'],
    ['no name', { combiners: [] }, 'name must be a string'],
    [
      'a misspelt list',
      { name: 'p', combinators: [] },
      'Plugin "p" does not have the shape of one: it has no field combinators.',
    ],
    ['a list that is none', { name: 'p', tasks: {} }, 'tasks must be a list'],
    ['a definition that is none', { name: 'p', combiners: ['mean'] }, 'combiners.0'],
    [
      'an id with a blank',
      { name: 'p', combiners: [combiner('my method')] },
      'combiners.0.id must be lower case words',
    ],
    [
      'no create',
      { name: 'p', combiners: [{ ...combiner('a'), create: undefined }] },
      'combiners.0.create must be a function',
    ],
    [
      'no schema',
      { name: 'p', combiners: [combiner('b'), { ...combiner('a'), options: {} }] },
      'combiners.1.options must be a schema that follows Standard Schema',
    ],
    [
      'a version of zero',
      { name: 'p', tasks: [{ ...task('a'), version: 0 }] },
      'tasks.0.version must be a whole number from 1',
    ],
    [
      'no objectives',
      { name: 'p', tasks: [{ ...task('a'), objectives: [] }] },
      'tasks.0.objectives must name at least one objective',
    ],
    [
      'measures that are no names',
      { name: 'p', tasks: [{ ...task('a'), measures: 'error' }] },
      'tasks.0.measures must be a list of strings',
    ],
    [
      'no probe',
      { name: 'p', backends: [{ ...backend('a'), probe: true }] },
      'backends.0.probe must be a function',
    ],
  ];

  test.each(shapes)('a plugin with %s, saying where and what to do', (_, value, problem) => {
    expect(refusal(value)).toContain(problem);
    expect(refusal(value)).toContain('make it with definePlugin of @scalpel/core');
  });

  test('with every problem at once', () => {
    const message = refusal({ name: 'p', combiners: [{ ...combiner('a'), version: 0, create: 1 }] });
    expect(message).toContain('version');
    expect(message).toContain('create');
  });
});
