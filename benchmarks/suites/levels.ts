import { type Axis, defineSuite, type Method, type Suite, type SuiteEntry } from '@scalpel/bench';

const smoothness = [0.1, 0.5, 2];
const norm = [1e-4, 1e-2];

/**
 * The same settings for all methods: one number for each level after the first. An average lasts for a
 * twentieth of an epoch.
 */
function methods(lambda: readonly (readonly number[])[]): readonly Method[] {
  return [
    { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
    { label: 'Bloop, no EMA', combiner: 'bloop', options: { rho: 1, update: 'before' }, sweep: { lambda } },
    { label: 'Bloop', combiner: 'bloop', options: { rho: 0.05 }, sweep: { lambda } },
  ];
}

// A little worse than the worst of plain mixing.
const references = { 'cross-entropy': 0.5, smoothness: 3, norm: 450, confidence: 0 };
const LOGARITHMS: readonly string[] = ['smoothness', 'confidence'];
type Name = keyof typeof references;

function entry(title: string, order: readonly Name[], lambda: readonly (readonly number[])[]): SuiteEntry {
  const [first, second, ...further] = order.map((objective) => ({
    objective,
    reference: references[objective],
  }));
  // The smoothness and the confidence are logarithms.
  const inUnits = (axis: Axis) => (LOGARITHMS.includes(axis.objective) ? { ...axis, unit: 1 } : axis);
  return {
    task: 'mnist-levels',
    title,
    options: { order, epochs: 1 },
    full: { options: { epochs: 10 } },
    seeds: [0, 1, 2],
    axes: [inUnits(first!), inUnits(second!)],
    price: { named: 'Bloop' },
    further,
    methods: methods(lambda),
  };
}

const pairs = smoothness.flatMap((smooth) => norm.map((small) => [smooth, small] as const));

const suite: Suite = defineSuite({
  id: 'levels',
  title: 'Three and four levels',
  summary:
    'Digits that should be told apart, by a network that should also be smooth, small and not too sure: in several orders of importance, beside weighted sums with as many settings.',
  entries: [
    entry('Label, smoothness, norm', ['cross-entropy', 'smoothness', 'norm'], pairs),
    entry(
      'Label, norm, smoothness',
      ['cross-entropy', 'norm', 'smoothness'],
      pairs.map(([smooth, small]) => [small, smooth]),
    ),
    entry(
      'Smoothness, label, norm',
      ['smoothness', 'cross-entropy', 'norm'],
      // The same sums, divided by the weight of the first objective.
      pairs.map(([smooth, small]) => [1 / smooth, Number((small / smooth).toPrecision(3))]),
    ),
    entry(
      'Label, smoothness, norm, confidence',
      ['cross-entropy', 'smoothness', 'norm', 'confidence'],
      [0.1, 0.3].flatMap((sure) => [0.1, 2].flatMap((smooth) => norm.map((small) => [smooth, small, sure]))),
    ),
  ],
});

export default suite;
