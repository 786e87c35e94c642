import type { BackendDefinition, CombinerDefinition, Paper, TaskDefinition } from '@scalpel/core';
import { suggestion } from '@scalpel/core/nearest';
import { combinersPage, definitionsPage, guaranteeLegend } from '../catalogue.ts';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, optionsSchema } from '../options.ts';
import { print, printJson } from '../output.ts';
import { shortCitation } from '../paper.ts';
import { type Kind, loadToolkit, pluginFlag } from '../plugins.ts';
import { loadSuite, suiteNames } from '../suites.ts';
import { table } from '../terminal.ts';

const args = {
  kind: { type: 'positional', required: true, description: 'combiners, tasks, backends or suites' },
  markdown: { type: 'boolean', description: 'Print a page in Markdown' },
  json: { type: 'boolean', description: 'Print a JSON array of objects' },
  ...pluginFlag,
} as const;

const kinds: readonly string[] = ['combiners', 'tasks', 'backends', 'suites'] satisfies (Kind | 'suites')[];

export const list: Command = command({
  meta: {
    name: 'list',
    description: 'Lists combiners, tasks, backends or suites: what they are, their options and sources',
  },
  args,
  async run({ kind, json, markdown, plugin: plugins }) {
    if (markdown && json) throw new UsageError('Give --markdown or --json, not both.');
    if (!isKind(kind))
      throw new UsageError(`Nothing to list is called "${kind}". ${suggestion(kind, kinds)}`);
    if (kind === 'suites') return listSuites({ json, markdown });
    const toolkit = await loadToolkit([kind], plugins);
    if (json) {
      const entries = toolkit[kind].map(describe);
      printJson(entries);
      return;
    }
    if (markdown) {
      const page =
        kind === 'combiners'
          ? combinersPage(toolkit.combiners)
          : definitionsPage(kind === 'tasks' ? 'Tasks' : 'Backends', toolkit[kind]);
      process.stdout.write(page);
      return;
    }
    if (kind === 'combiners') print(`${combinersTable(toolkit.combiners)}\n\n${guaranteeLegend}`);
    else if (kind === 'tasks') print(tasksTable(toolkit.tasks));
    else print(backendsTable(toolkit.backends));
  },
});

function isKind(kind: string): kind is Kind | 'suites' {
  return kinds.includes(kind);
}

/** The suites of this repository, by the names that `run` takes. */
async function listSuites({
  json,
  markdown,
}: {
  readonly json?: boolean | undefined;
  readonly markdown?: boolean | undefined;
}) {
  const suites = (await Promise.all(suiteNames().sort().map(loadSuite))).map(
    ({ id, title, summary, entries }) => ({
      id,
      title,
      summary,
      tasks: [...new Set(entries.map(({ task }) => task))],
      hasFullSize: entries.some(({ full }) => full !== undefined),
    }),
  );
  if (json) printJson(suites);
  else if (markdown) process.stdout.write(definitionsPage('Suites', suites));
  else {
    const rows = suites.map(({ id, title, summary, tasks }) => [
      id,
      `${title}\n${summary}`,
      tasks.join('\n'),
    ]);
    print(table(['id', 'suite', 'tasks'], rows));
  }
}

/** A definition as plain data: its options as JSON Schema, without its functions. */
function describe(definition: CombinerDefinition | TaskDefinition | BackendDefinition) {
  const data = Object.entries(definition).filter(([, value]) => typeof value !== 'function');
  return {
    ...Object.fromEntries(data),
    ...('options' in definition && { options: optionsSchema(definition.options) }),
  };
}

function combinersTable(combiners: readonly CombinerDefinition[]): string {
  return table(
    ['id', 'method', 'guarantees', 'options'],
    combiners.map(({ id, title, summary, paper, guarantees, convention, options }) => [
      id,
      [
        titled(title, paper),
        summary,
        ...(convention === undefined ? [] : [`Convention: ${convention}`]),
      ].join('\n'),
      guarantees.join('\n'),
      describeOptions(options).join('\n'),
    ]),
  );
}

function tasksTable(tasks: readonly TaskDefinition[]): string {
  return table(
    ['id', 'task', 'objectives', 'options'],
    tasks.map(({ id, title, paper, objectives, options }) => [
      id,
      titled(title, paper),
      objectives.join('\n'),
      describeOptions(options).join('\n'),
    ]),
  );
}

function backendsTable(backends: readonly BackendDefinition[]): string {
  return table(
    ['id', 'backend', 'summary'],
    backends.map(({ id, title, summary }) => [id, title, summary]),
  );
}

function titled(title: string, paper: Paper | undefined): string {
  return paper === undefined ? title : `${title}\n${shortCitation(paper)}`;
}
