// A suite says what is compared. Run it with `pnpm scalpel run docs/examples/leaderboard.ts`,
// then print its table with `pnpm scalpel leaderboard docs/examples/leaderboard.ts`.
import { defineSuite, type Suite } from '@scalpel/bench';

const lambda = [0.1, 1, 10];

const suite: Suite = defineSuite({
  id: 'example',
  title: 'Example',
  summary: 'Whether the average matters where gradients are noisy.',
  entries: [
    {
      task: 'quadratics',
      options: { epochs: 50 },
      seeds: [0, 1],
      axes: [
        { objective: 'main', reference: 1e4, scale: 'log', unit: { start: 5200 } },
        { objective: 'auxiliary', reference: 2e4 },
      ],
      methods: [
        { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
        {
          label: 'Bloop, no EMA',
          combiner: 'bloop',
          options: { rho: 1, update: 'before' },
          sweep: { lambda },
        },
        { label: 'Bloop', combiner: 'bloop', sweep: { lambda } },
        { label: 'Main alone', combiner: 'constant', options: { weights: [1, 0] } },
      ],
      price: { alone: 'Main alone', named: 'Bloop' },
    },
  ],
});

export default suite;
