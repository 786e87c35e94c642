import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createToolkit } from '../run/create-toolkit.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { planSuite } from './plan.ts';
import { defineSuite, type Suite, type SuiteEntry } from './suite.ts';

const toolkit = createToolkit(plugin);
const plan = (suite: Suite, options = {}) => planSuite(suite, toolkit, { backend: 'cpu', ...options });

describe('a plan', () => {
  test('names every run, all methods with the first seed before the second', () => {
    expect(plan(toySuite()).runs.map(({ name }) => name)).toEqual([
      'toy, Swept, lambda 0.1, seed 0',
      'toy, Swept, lambda 10, seed 0',
      'toy, Fixed, seed 0',
      'toy, Swept, lambda 0.1, seed 1',
      'toy, Swept, lambda 10, seed 1',
      'toy, Fixed, seed 1',
    ]);
  });

  test('fills in defaults and versions', () => {
    expect(plan(toySuite()).runs[2]!.spec).toEqual({
      task: { id: 'toy', version: 1, options: { steps: 20, rate: 0.1, pause: 0, trouble: 'none' } },
      combiner: { id: 'weighted', version: 1, options: { lambda: 1 } },
      backend: { id: 'cpu', version: 1 },
      seed: 0,
    });
  });

  const keys = (suite: Suite, bench = toolkit) =>
    planSuite(suite, bench, { backend: 'cpu' }).runs.map(({ key }) => key);

  test('gives a default that is written out the same key as one that is not', () => {
    expect(keys(toySuite({ options: { rate: 0.1 } }))).toEqual(keys(toySuite()));
  });

  test('gives a run at the default of a later option the key of before', () => {
    const [combiner] = plugin.combiners!;
    const options = z.strictObject({
      lambda: z.number().min(0).default(1),
      mode: z.enum(['old', 'new']).default('old'),
    });
    const bench = createToolkit({
      ...plugin,
      combiners: [{ ...combiner!, options, laterDefaults: { mode: 'old' } }],
    });
    const methods = (mode: object) => [{ label: 'M', combiner: 'weighted', options: { lambda: 2, ...mode } }];
    const before = keys(toySuite({ methods: methods({}) }));
    expect(keys(toySuite({ methods: methods({}) }), bench)).toEqual(before);
    expect(keys(toySuite({ methods: methods({ mode: 'old' }) }), bench)).toEqual(before);
    const changed = keys(toySuite({ methods: methods({ mode: 'new' }) }), bench);
    expect(changed.some((key) => before.includes(key))).toBe(false);
  });

  test('gives everything that can change an outcome another key', () => {
    const [definition] = plugin.tasks!;
    const [combiner] = plugin.combiners!;
    const [backend] = plugin.backends!;
    const changed = [
      keys(toySuite()),
      keys(toySuite({ options: { rate: 0.2 } })),
      keys(toySuite({ seeds: [2, 3] })),
      keys(toySuite(), createToolkit({ ...plugin, tasks: [{ ...definition!, version: 2 }] })),
      keys(toySuite(), createToolkit({ ...plugin, combiners: [{ ...combiner!, version: 2 }] })),
      keys(toySuite(), createToolkit({ ...plugin, backends: [{ ...backend!, version: 2 }] })),
    ].flat();
    expect(new Set(changed).size).toBe(changed.length);
  });

  test('multiplies the rate by 1 / (1 + lambda) where the entry says so, and by nothing where there is no lambda', () => {
    const [combiner] = plugin.combiners!;
    const bench = createToolkit({
      ...plugin,
      combiners: [
        combiner!,
        {
          ...combiner!,
          id: 'levels',
          options: z.strictObject({ lambda: z.array(z.number()).default([1, 2]) }),
        },
        {
          ...combiner!,
          id: 'maybe',
          options: z.strictObject({ lambda: z.number().nullable().default(null) }),
        },
        { ...combiner!, id: 'without', options: z.strictObject({}) },
      ],
    });
    const methods = [
      { label: 'Swept', combiner: 'weighted', sweep: { lambda: [0, 0.25, 1] } },
      { label: 'Levels', combiner: 'levels' },
      { label: 'Maybe', combiner: 'maybe' },
      { label: 'Without', combiner: 'without' },
    ];
    const rates = (options: Partial<SuiteEntry>) =>
      planSuite(toySuite({ methods, seeds: [0], ...options }), bench, { backend: 'cpu' }).runs.map(
        ({ spec }) => spec.rate,
      );
    const unchanged = undefined;
    expect(rates({ rate: '1 / (1 + lambda)' })).toEqual([unchanged, 0.8, 0.5, 0.25, unchanged, unchanged]);
    expect(rates({})).toEqual(methods.flatMap(({ sweep }) => sweep?.lambda ?? [1]).map(() => unchanged));
  });

  test('has a setting for each rate at each swept value, and a rate of 1 is no other run', () => {
    const rates = [0.5, 1];
    const [swept, fixed] = toySuite().entries[0]!.methods;
    const methods = [
      { ...swept!, rates },
      { ...fixed!, rates },
    ];
    const { entries, runs } = plan(toySuite({ methods, seeds: [0] }));
    expect(runs.map(({ name, spec }) => [name, spec.rate])).toEqual([
      ['toy, Swept, lambda 0.1, rate × 0.5, seed 0', 0.5],
      ['toy, Swept, lambda 0.1, rate × 1, seed 0', undefined],
      ['toy, Swept, lambda 10, rate × 0.5, seed 0', 0.5],
      ['toy, Swept, lambda 10, rate × 1, seed 0', undefined],
      ['toy, Fixed, rate × 0.5, seed 0', 0.5],
      ['toy, Fixed, rate × 1, seed 0', undefined],
    ]);
    expect(entries[0]!.methods.map(({ points }) => points.length)).toEqual([4, 2]);
    const without = keys(toySuite({ seeds: [0] }));
    expect(runs.filter(({ spec }) => spec.rate === undefined).map(({ key }) => key)).toEqual(without);
    const byFormula = plan(toySuite({ methods, seeds: [0], rate: '1 / (1 + lambda)' })).runs;
    expect(byFormula[5]!.spec.rate).toBe(1 / 2);
    expect(byFormula[4]!.spec.rate).toBe(1 / 4);
  });

  test('may have a plane in what the task measures', () => {
    const bench = createToolkit({ ...plugin, tasks: [{ ...plugin.tasks![0]!, measures: ['error'] }] });
    const axes = [
      { objective: 'main', reference: 1 },
      { objective: 'error', reference: 1 },
    ] as const;
    expect(planSuite(toySuite({ axes }), bench, { backend: 'cpu' }).entries[0]!.axes).toEqual(axes);
    expect(() => plan(toySuite({ axes }))).toThrow('task "toy" has no objective "error"');
  });

  test('makes a spec that two labels stand for once', () => {
    const methods = [
      { label: 'A', combiner: 'weighted' },
      { label: 'B', combiner: 'weighted', options: { lambda: 1 } },
    ];
    const { runs, entries } = plan(toySuite({ methods, seeds: [0] }));
    expect(runs.map(({ name }) => name)).toEqual(['toy, A, seed 0']);
    expect(entries[0]!.methods.map(({ points }) => points[0]!.runs[0]!.key)).toEqual([
      runs[0]!.key,
      runs[0]!.key,
    ]);
  });

  test('at full size lays the options over those of the small one', () => {
    const full = { title: 'Toy, all of it', options: { steps: 50 }, seeds: [4] };
    const { entries, runs } = plan(toySuite({ options: { rate: 0.2, steps: 5 }, full }), { full: true });
    expect(entries[0]!.title).toBe('Toy, all of it');
    expect(runs.map(({ spec }) => spec.seed)).toEqual([4, 4, 4]);
    expect(runs[0]!.spec.task.options).toMatchObject({ rate: 0.2, steps: 50 });
    expect(keys(toySuite({ full }))).toEqual(keys(toySuite()));
    const methods = [{ label: 'Alone', combiner: 'weighted' }];
    const alone = plan(toySuite({ full: { methods }, seeds: [0] }), { full: true });
    expect(alone.runs.map(({ name }) => name)).toEqual(['toy, Alone, seed 0']);
    expect(() => plan(toySuite(), { full: true })).toThrow(
      'Suite "toys" has no full size. Run it without --full.',
    );
  });

  test('takes other seeds, and a part of the suite by task, label or combiner', () => {
    expect(plan(toySuite(), { seeds: [5] }).runs).toHaveLength(3);
    expect(plan(toySuite(), { only: ['fixed'] }).runs).toHaveLength(2);
    expect(plan(toySuite(), { only: ['weighted', 'toy'] }).runs).toHaveLength(6);
    expect(plan(toySuite(), { only: ['toy, swept'] }).runs).toHaveLength(4);
    expect(plan(toySuite(), { only: ['toy', 'Swept'] }).runs).toHaveLength(4);
  });
});

describe('refused before anything has run:', () => {
  const method = { label: 'M', combiner: 'weighted' };
  const cases: readonly (readonly [string, Partial<SuiteEntry>, string])[] = [
    ['an unknown task', { task: 'toys' }, 'Suite "toys": There is no task "toys". Did you mean "toy"?'],
    [
      'an unknown combiner',
      { methods: [{ ...method, combiner: 'wieghted' }] },
      'Suite "toys": method "M": There is no combiner "wieghted". Did you mean "weighted"?',
    ],
    [
      'an unknown objective',
      {
        axes: [
          { objective: 'mian', reference: 1 },
          { objective: 'side', reference: 1 },
        ],
      },
      'task "toy" has no objective "mian". Did you mean "main"?',
    ],
    [
      'an option of a task out of range',
      { options: { steps: 0 } },
      'Suite "toys": task "toy": option steps: ',
    ],
    [
      'an option of a method out of range',
      { methods: [{ ...method, sweep: { lambda: [1, -1] } }] },
      'method "M" (combiner "weighted"): option lambda: ',
    ],
    ['an option that is not there', { methods: [{ ...method, options: { lamda: 1 } }] }, 'lamda'],
  ];
  test.each(cases)('%s', (_, changes, message) => {
    expect(() => plan(toySuite(changes))).toThrow(message);
  });

  test('an unknown backend, and a part that is not there', () => {
    expect(() => plan(toySuite(), { backend: 'gpu' })).toThrow(
      'There is no backend "gpu". Did you mean "cpu"?',
    );
    expect(() => plan(toySuite(), { only: ['Swopt'] })).toThrow(
      'Suite "toys" has no task or method "Swopt". Did you mean "Swept"?',
    );
  });
});

describe('the shape of a suite is refused with', () => {
  const [entry] = toySuite().entries;
  const [x, y] = entry!.axes;
  const cases: readonly (readonly [string, object, string])[] = [
    ['a misspelt field', { ...entry, seed: [1] }, 'entries[0] has no field seed'],
    ['no seeds', { ...entry, seeds: [] }, 'entries[0].seeds must hold a seed'],
    ['one seed twice', { ...entry, seeds: [1, 1] }, 'entries[0].seeds holds a seed twice'],
    ['half a seed', { ...entry, seeds: [0.5] }, 'entries[0].seeds[0] must be a whole number'],
    ['another formula', { ...entry, rate: 'lambda' }, 'entries[0].rate must be "1 / (1 + lambda)"'],
    [
      'two methods of one label at full size',
      { ...entry, full: { methods: [entry!.methods[0], entry!.methods[0]] } },
      'entries[0].full.methods holds two methods of one label',
    ],
    ['one axis', { ...entry, axes: [x] }, 'entries[0].axes must be two axes'],
    ['one axis twice', { ...entry, axes: [x, x] }, 'entries[0].axes must be two different objectives'],
    [
      'no reference',
      { ...entry, axes: [{ ...x, reference: Number.NaN }, y] },
      'entries[0].axes[0].reference must be a finite number',
    ],
    [
      'two methods of one label',
      { ...entry, methods: [entry!.methods[0], entry!.methods[0]] },
      'entries[0].methods holds two methods of one label',
    ],
    [
      'two swept options',
      { ...entry, methods: [{ label: 'M', combiner: 'c', sweep: { a: [1], b: [2] } }] },
      'entries[0].methods[0].sweep must have exactly one option',
    ],
    [
      'one value twice',
      { ...entry, methods: [{ label: 'M', combiner: 'c', sweep: { a: [1, 1] } }] },
      'entries[0].methods[0].sweep.a holds a value twice',
    ],
    [
      'a rate of 0',
      { ...entry, methods: [{ label: 'M', combiner: 'c', rates: [1, 0] }] },
      'entries[0].methods[0].rates[1] must be a positive number',
    ],
    [
      'one rate twice',
      { ...entry, methods: [{ label: 'M', combiner: 'c', rates: [2, 2] }] },
      'entries[0].methods[0].rates holds a factor twice',
    ],
    [
      'rates that are given and tuned',
      { ...entry, methods: [{ label: 'M', combiner: 'c', rates: [2], tune: {} }] },
      'has both rates and something to tune',
    ],
    [
      'main alone that no method is',
      { ...entry, price: { alone: 'Alone' } },
      'entries[0].price.alone must be the label of a method of the entry, which Alone is not',
    ],
    [
      'a unit of 0',
      { ...entry, axes: [{ ...x, unit: 0 }, y] },
      'entries[0].axes[0].unit must be a positive number or { start: the loss before the first step }',
    ],
  ];
  test.each(cases)('%s', (_, broken, message) => {
    const suite = { ...toySuite(), entries: [broken] } as Suite;
    expect(() => defineSuite(suite)).toThrow(message);
    expect(() => defineSuite(suite)).toThrow('Make it with defineSuite(');
  });

  test('nothing at all', () => {
    expect(() => defineSuite(undefined as never)).toThrow(
      'The suite does not have the shape of a suite: it must be an object',
    );
  });
});

test('a suite cannot be changed', () => {
  const suite = toySuite();
  expect(() => Object.assign(suite.entries[0]!.axes[0], { reference: 3 })).toThrow(TypeError);
});
