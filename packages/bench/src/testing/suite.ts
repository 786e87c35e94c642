import { defineSuite, type Suite, type SuiteEntry } from '../plan/suite.ts';

/** A suite over the toy task with two swept values, one fixed method and two seeds: six runs. */
export function toySuite(changes: Partial<SuiteEntry> = {}): Suite {
  return defineSuite({
    id: 'toys',
    title: 'Toys',
    summary: 'Small things.',
    entries: [
      {
        task: 'toy',
        seeds: [0, 1],
        axes: [
          { objective: 'main', reference: 2 },
          { objective: 'side', reference: 2 },
        ],
        methods: [
          { label: 'Swept', combiner: 'weighted', sweep: { lambda: [0.1, 10] } },
          { label: 'Fixed', combiner: 'weighted' },
        ],
        ...changes,
      },
    ],
  });
}
