/**
 * The weights that UPGrad gives to single examples: those with wrong labels beside the others, and those of
 * rare classes beside frequent ones.
 *
 *     node benchmarks/questions/example-weights.ts      writes example-weights.md, in about two minutes
 */
import { writeFileSync } from 'node:fs';
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { createTrainer, type GramianCombiner, type GramianStep } from '@scalpel/core';
import { type InstanceWiseRiskOptions, instanceWiseRisk } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { table } from '../measure.ts';
import { spreadOf } from './while-training.ts';

const SEEDS = [1, 2, 3];
/** The parts of training, as shares of it. */
const PARTS = [
  { name: 'first third', from: 0, to: 1 / 3 },
  { name: 'last third', from: 2 / 3, to: 1 },
];
/** The size of the suite instance-wise-risk, with a rate that suits UPGrad. */
const COURSE = { epochs: 12, validation: 500, rate: 0.0125 };

type Group = 0 | 1;
/** The group of each example of a step. Null: it counts in neither. */
type Groups = (step: number) => readonly (Group | null)[];

interface Experiment {
  readonly title: string;
  readonly groups: readonly [string, string];
  readonly options: InstanceWiseRiskOptions;
  readonly groupsOf: (seed: number) => Promise<Groups>;
}

const NOISY = { ...COURSE, images: 1500, noise: 0.3 };
const RARE = { ...COURSE, images: 3500, imbalance: 20 };

const EXPERIMENTS: readonly Experiment[] = [
  {
    title: '30 % wrong labels',
    groups: ['right label', 'wrong label'],
    options: NOISY,
    async groupsOf(seed) {
      const given = await labelsOf(NOISY, seed);
      const right = await labelsOf({ ...NOISY, noise: 0 }, seed);
      return (step) => given[step]!.map((label, row) => (label === right[step]![row] ? 0 : 1));
    },
  },
  {
    title: 'rare classes, 20 : 1',
    groups: ['three most frequent classes', 'three rarest classes'],
    options: RARE,
    async groupsOf(seed) {
      const labels = await labelsOf(RARE, seed);
      const counts = new Array<number>(10).fill(0);
      for (const label of labels.flat()) counts[label]!++;
      const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!);
      return (step) =>
        labels[step]!.map((label) => {
          const place = order.indexOf(label);
          return place < 3 ? 0 : place > 6 ? 1 : null;
        });
    },
  },
];

/** The labels of the batch of every step. */
async function labelsOf(options: InstanceWiseRiskOptions, seed: number): Promise<readonly number[][]> {
  const task = await instanceWiseRisk(options, seed);
  const labels = Array.from({ length: task.steps }, (_, step) => {
    const batch = task.batch(step);
    const own = tf.tidy(() => [...tf.argMax(batch.labels, 1).dataSync()]);
    tf.dispose(batch);
    return own;
  });
  task.dispose();
  return labels;
}

/** What one step says of the two groups, in their order. */
interface Look {
  /** The number of examples of each group, as a share of all. */
  readonly count: readonly number[];
  /** The mean loss of each group. */
  readonly loss: readonly number[];
  /** The lengths of the gradients of each group, as a share of those of all: what the mean loss adds up. */
  readonly length: readonly number[];
  /** The same for the gradients times their coefficients. */
  readonly weighted: readonly number[];
}

function lookAt(
  { gramian, losses }: GramianStep,
  coefficients: readonly number[],
  groups: readonly (Group | null)[],
): Look {
  const lengths = losses.map((_, row) => Math.sqrt(gramian.at(row, row)));
  const sum = (values: readonly number[], group?: Group) =>
    values.reduce((total, x, row) => total + (group === undefined || groups[row] === group ? x : 0), 0);
  const share = (values: readonly number[]) => ([0, 1] as const).map((g) => sum(values, g) / sum(values));
  const one = losses.map(() => 1);
  return {
    count: share(one),
    loss: ([0, 1] as const).map((group) => sum(losses, group) / sum(one, group)),
    length: share(lengths),
    weighted: share(lengths.map((length, row) => length * coefficients[row]!)),
  };
}

async function looksAt({ options, groupsOf }: Experiment, seed: number): Promise<readonly Look[]> {
  const groups = await groupsOf(seed);
  const task = await instanceWiseRisk(options, seed);
  const { objectives, variables, schedule, steps } = task;
  const optimizer = task.optimizer();
  const looks: Look[] = [];
  const method = upgrad();
  const combiner: GramianCombiner = {
    ...method,
    combine(step) {
      const answer = method.combine(step);
      looks.push(lookAt(step, answer.coefficients, groups(step.step)));
      return answer;
    },
  };
  const trainer = createTrainer({
    objectives,
    variables,
    combiner,
    optimizer,
    seed,
    ...(schedule && { schedule }),
  });
  for (let step = 0; step < steps; step++) {
    const batch = task.batch(step);
    await trainer.step(batch);
    tf.dispose(batch);
  }
  for (const owner of [trainer, optimizer, task]) owner.dispose();
  return looks;
}

/** The mean of the numbers. Steps without an example of the group have no loss. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}

await startWasm();
const rows: string[][] = [];
for (const experiment of EXPERIMENTS) {
  const seeds: (readonly Look[])[] = [];
  for (const seed of SEEDS) {
    seeds.push(await looksAt(experiment, seed));
    console.error(`${experiment.title}, seed ${seed}`);
  }
  for (const { name, from, to } of PARTS) {
    for (const [group, title] of experiment.groups.entries()) {
      const mean = (value: keyof Look) =>
        spreadOf(
          seeds.map((looks) =>
            meanOf(looks.slice(from * looks.length, to * looks.length).map((look) => look[value][group]!)),
          ),
        );
      rows.push([
        experiment.title,
        name,
        title,
        mean('loss'),
        mean('count'),
        mean('length'),
        mean('weighted'),
      ]);
    }
  }
}

const page = `# What UPGrad makes of single examples

Written by \`node benchmarks/questions/example-weights.ts\`; do not edit.

Each example of a batch is an objective of its own, as in the suite instance-wise-risk, trained with UPGrad at rate ${COURSE.rate}. Losses and gradients are those before the step. In the sum: the lengths of the gradients of these examples, as a share of
those of all examples of the batch, which is what the mean loss adds up. In the direction: the same for the gradients times the coefficients of UPGrad. Means over the steps and ${SEEDS.length} seeds, with the lowest and the highest seed.

${table(['training data', 'part of training', 'examples', 'loss', 'share of examples', 'in the sum', 'in the direction'], rows)}
`;
writeFileSync(new URL('example-weights.md', import.meta.url), page);
