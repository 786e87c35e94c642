import type { BackendDefinition, CombinerDefinition, Guarantee, Paper, TaskDefinition } from '@scalpel/core';
import { describeOptions } from './options.ts';

/** The head of each guarantee's column, and what it says; columns come in this order. */
const GUARANTEES: Readonly<Record<Guarantee, readonly [head: string, meaning: string]>> = {
  'non-conflicting': ['non-conflicting', 'no objective gets worse to first order, ⟨gᵢ, d⟩ ≥ 0'],
  'respects-priority': ['respects priority', 'the most important level does not get worse, ⟨g₀, d⟩ ≥ 0'],
  'stationary-at-pareto-points': [
    'stationary',
    'd = 0 exactly where a convex combination of the gradients is 0',
  ],
  'linear-under-scaling': [
    'linear',
    'scaling the gradients by factors c > 0 changes the direction linearly in c',
  ],
  'permutation-equivariant': ['any order', 'the order of equally important objectives does not matter'],
  weighted: ['weighted', "the direction is a combination of this step's gradients"],
};

const columns = Object.entries(GUARANTEES) as [Guarantee, readonly [string, string]][];

/** A page in Markdown: what each combiner guarantees, and where it comes from. */
export function combinersPage(combiners: readonly CombinerDefinition[]): string {
  const head = ['', ...columns.map(([, [title]]) => title)];
  const marks = combiners.map(({ id, title, guarantees }) => [
    `[${escaped(title)}](#${id})`,
    ...columns.map(([guarantee]) => (guarantees.includes(guarantee) ? '✓' : '')),
  ]);
  return [
    '# Combiners',
    `${combiners.length} methods. A mark is a property that the method declares for its default options, for every input; each has a test of its name.`,
    columns.map(([, [title, meaning]]) => `- *${title}*: ${meaning}`).join('\n'),
    [head, head.map((_, column) => (column === 0 ? '---' : ':-:')), ...marks].map(row).join('\n'),
    ...combiners.map((combiner) => section(combiner)),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The same without marks, for what guarantees nothing. */
export function definitionsPage(
  title: string,
  definitions: readonly (TaskDefinition | BackendDefinition)[],
): string {
  return [`# ${title}`, ...definitions.map(section)].join('\n\n').concat('\n');
}

function section(definition: CombinerDefinition | TaskDefinition | BackendDefinition): string {
  const { id, title, summary } = definition;
  const options = 'options' in definition ? describeOptions(definition.options) : [];
  return [
    `## ${id}`,
    `**${escaped(title)}.** ${escaped(summary)}`,
    ...('paper' in definition && definition.paper ? [citation(definition.paper)] : []),
    ...('convention' in definition && definition.convention
      ? [`Convention: ${escaped(definition.convention)}`]
      : []),
    ...(options.length > 0 ? [options.map((option) => `- \`${option}\``).join('\n')] : []),
  ].join('\n\n');
}

function citation({ title, authors, year, arxiv }: Paper): string {
  const link = arxiv === undefined ? '' : `, [arXiv ${arxiv}](https://arxiv.org/abs/${arxiv})`;
  return `${escaped(authors)}: *${escaped(title)}*, ${year}${link}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text that Markdown leaves alone. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
