import { escapeMarkdown, markdownCode } from '@scalpel/bench/text';
import type { BackendDefinition, CombinerDefinition, Guarantee, TaskDefinition } from '@scalpel/core';
import { describeOptions } from './options.ts';
import { citation } from './paper.ts';

/** The head of each guarantee's column, and its meaning. Columns come in this order. */
const GUARANTEES: Readonly<Record<Guarantee, readonly [head: string, meaning: string]>> = {
  'non-conflicting': ['non-conflicting', 'no objective gets worse to first order, ⟨gᵢ, d⟩ ≥ 0 for all i'],
  'respects-priority': [
    'respects priority',
    'the most important level does not get worse to first order, ⟨g, d⟩ ≥ 0 for its gradient g',
  ],
  'stationary-at-pareto-points': [
    'stationary',
    'd = 0 exactly at Pareto-stationary points, where a convex combination of the gradients is 0 and no step improves all objectives',
  ],
  'linear-under-scaling': [
    'linear',
    'scaling each gradient by a factor of its own, cᵢ > 0, changes d linearly in c',
  ],
  'permutation-equivariant': [
    'any order',
    'the order in which equally important objectives are listed does not matter',
  ],
  weighted: [
    'weighted',
    "d is a combination of this step's gradients, Σ wᵢ gᵢ, without remembered ones or element-wise choices",
  ],
};

const columns = Object.entries(GUARANTEES) as [Guarantee, readonly [string, string]][];

/** The meaning of each guarantee, by the head of its column. */
const guaranteeList = columns.map(([, [title, meaning]]) => `*${title}*: ${meaning}`);

/** The same by the names in definitions, for a terminal. */
export const guaranteeLegend: string = columns
  .map(([guarantee, [, meaning]]) => `${guarantee}: ${meaning}`)
  .join('\n');

/** A page in Markdown: the guarantees of each combiner, and its source. */
export function combinersPage(combiners: readonly CombinerDefinition[]): string {
  const head = ['', ...columns.map(([, [title]]) => title)];
  const marks = combiners.map(({ id, title, guarantees }) => [
    `[${escapeMarkdown(title)}](#${id})`,
    ...columns.map(([guarantee]) => (guarantees.includes(guarantee) ? '✓' : '')),
  ]);
  return [
    '# Combiners',
    `${combiners.length} methods that make one direction d, which the optimizer then subtracts, of the gradients g₁, …, gₖ of the objectives. ` +
      'Each section below is headed by the id that suites and `scalpel combine` know the method by, and lists its options: with a default where there is one ' +
      '(`c = 0.5`), and what they may be. A convention says what the method does where its paper leaves that open.',
    'A mark in the table is a property that the method promises with its default options for every input, and that a test of that name checks on the same matrices for ' +
      'all. No mark: not promised. More marks are not better: each is a choice of what to give up.',
    guaranteeList.map((line) => `- ${line}`).join('\n'),
    [head, head.map((_, column) => (column === 0 ? '---' : ':-:')), ...marks].map(row).join('\n'),
    ...combiners.map((combiner) => section(combiner)),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The same for definitions without guarantees. */
export function definitionsPage(title: string, definitions: readonly Described[]): string {
  return [`# ${title}`, ...definitions.map(section)].join('\n\n').concat('\n');
}

/** The fields that a section needs. Tasks, combiners and backends have more. */
type Described =
  | CombinerDefinition
  | TaskDefinition
  | BackendDefinition
  | Pick<BackendDefinition, 'id' | 'title' | 'summary'>;

function section(definition: Described): string {
  const { id, title, summary } = definition;
  const options = 'options' in definition ? describeOptions(definition.options) : [];
  return [
    `## ${id}`,
    `**${escapeMarkdown(title)}.** ${escapeMarkdown(summary)}`,
    ...('paper' in definition && definition.paper ? [citation(definition.paper)] : []),
    ...('convention' in definition && definition.convention
      ? [`Convention: ${escapeMarkdown(definition.convention)}`]
      : []),
    ...(options.length > 0 ? [options.map((option) => `- ${markdownCode(option)}`).join('\n')] : []),
  ].join('\n\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
