import { defineSuite, type Suite } from '@scalpel/bench';

const axes = [
  { objective: 'main', reference: 1 },
  { objective: 'side', reference: 10 },
] as const;

/** Twelve runs that take no time, two of them without a result. */
const suite: Suite = defineSuite({
  id: 'testing',
  title: 'Testing',
  summary: 'A valley.',
  entries: [
    {
      task: 'valley',
      seeds: [0, 1],
      axes,
      methods: [
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda: [0.1, 1] } },
        { label: 'Plain mixing', combiner: 'mixed', sweep: { lambda: [0.1, 1] } },
        { label: 'Explosive', combiner: 'explosive' },
      ],
    },
    {
      task: 'valley',
      title: 'A longer valley',
      options: { steps: 12 },
      seeds: [0, 1],
      axes,
      methods: [{ label: 'Bloop', combiner: 'bloop' }],
    },
  ],
});

export default suite;
