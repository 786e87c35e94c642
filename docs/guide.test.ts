import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as baselines from '@scalpel/baselines';
import * as bloop from '@scalpel/bloop';
import { checkOptions, type GradientCombiner, type Setup } from '@scalpel/core';
import { describe, expect, test } from 'vitest';

// What only the pages for users of the packages say.

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('choosing a combiner', () => {
  const page = read('docs/guide/choosing-a-combiner.md');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split(' | ');
    const links = [...(cells[1] ?? '').matchAll(/\[`([^`]+)`\]\(\.\.\/combiners\.md#([^)]+)\)/g)];
    return links.map(([, id, anchor]) => ({ id: id!, anchor, costs: cells[3]!.replace(/ \|$/, '') }));
  });
  const definitions = [...bloop.plugin.combiners!, ...baselines.plugin.combiners!];

  /** Options for those that have no defaults. */
  const needed: Readonly<Record<string, object>> = {
    constant: { weights: [1, 1, 1] },
    multiplier: { budget: 1 },
  };

  function combinerOf(id: string): GradientCombiner {
    const definition = definitions.find((one) => one.id === id)!;
    return definition.create(checkOptions(id, definition.options, needed[id] ?? {}) as never);
  }

  /** Of three objectives on three levels. */
  function costsOf(combiner: GradientCombiner): string {
    if (combiner.needs === 'nothing' || combiner.needs === 'losses') return 'one';
    if (combiner.needs === 'elements') return 'K';
    const passes = combiner.batches === 3 ? '3 K' : 'K';
    const names = ['a', 'b', 'c'];
    const setup: Setup = {
      rows: names.map((objective, level) => ({ objective, level, batch: 0 })),
      levels: 3,
    };
    const kept = combiner.remembers?.(setup) ?? 0;
    const forEach = kept === 2 ? 'level but the last' : 'objective';
    return kept === 0 ? passes : `${passes}, a gradient kept for each ${forEach}`;
  }

  test('names enough combiners', () => expect(new Set(rows.map(({ id }) => id)).size).toBeGreaterThan(20));

  test.each(rows)('$id is there, under its name in code, and costs $costs', ({ id, anchor, costs }) => {
    expect(anchor).toBe(id);
    expect(definitions.map((definition) => definition.id)).toContain(id);
    const inCamelCase = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(id === 'bloop' ? bloop : baselines).toHaveProperty(inCamelCase, expect.any(Function));
    expect(costsOf(combinerOf(id))).toBe(costs);
  });

  test('the guarantees that it speaks of are declared', () => {
    const guarantees = (id: string) => definitions.find((one) => one.id === id)!.guarantees;
    for (const id of ['upgrad', 'dualproj', 'mgda']) expect(guarantees(id)).toContain('non-conflicting');
    expect(guarantees('dynamic-barrier')).toContain('respects-priority');
  });
});

test('the table of a report has every field', () => {
  const page = read('docs/guide/reading-a-report.md');
  const printed = [...page.matchAll(/^(\w+): /gm)].map(([, field]) => field);
  const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
  expect(new Set(explained)).toEqual(new Set(printed));
});

test('all that is measured on the page of λ and ρ is in the findings', () => {
  const findings = read('docs/findings.md');
  const table = (text: string) =>
    [...text.matchAll(/[+-]?\d+\.\d+(?: ± \d+\.\d+)?/g)].map(([number]) => number);
  const measured = table(read('docs/guide/lambda-and-rho.md').replace(/^1\. [\s\S]*?\n2\. /m, ''));
  expect(measured.length).toBeGreaterThan(20);
  for (const number of measured) expect(findings, number).toContain(number);
});

test('what the guide installs is a package of this repository, or has the version that it uses', () => {
  const own = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => JSON.parse(read(`${folder}/${name}/package.json`))),
  );
  const published = own.filter((one) => !one.private).map(({ name }) => name);
  const catalog = read('pnpm-workspace.yaml');
  const lines = readdirSync(join(root, 'docs/guide')).flatMap((name) => [
    ...read(`docs/guide/${name}`).matchAll(/npm install ([^`\n]+)/g),
  ]);
  const named = lines
    .flatMap(([, packages]) => packages!.split(' '))
    .filter((word) => !word.endsWith('.tgz'));
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) {
    const [, id, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(name)!;
    if (version === undefined) expect(published).toContain(id);
    else expect(catalog).toMatch(new RegExp(`^ +"?${id}"?: ${version}$`, 'm'));
  }
});

test('the commands and flags of `scalpel` that the guide names exist', () => {
  const text = readdirSync(join(root, 'docs/guide'))
    .map((name) => read(`docs/guide/${name}`))
    .join('\n');
  const named = new Map<string, Set<string>>();
  for (const [, command, rest] of text.matchAll(/(?:npx|pnpm) scalpel ([a-z]+)([^`\n]*)/g)) {
    const flags = [...rest!.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
    named.set(command!, new Set([...(named.get(command!) ?? []), ...flags]));
  }
  expect(named.size).toBeGreaterThan(5);
  for (const [command, flags] of named) {
    const args = [join(root, 'apps/benchmark/src/main.ts'), command, '--help'];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout).toContain(`scalpel ${command}`);
    for (const flag of flags) expect(stdout).toMatch(new RegExp(`${flag}(?![a-z-])`));
  }
});

test('the page on objectives of single examples names the operations that keep them apart', () => {
  const code = read('packages/core/src/examples/axes.ts');
  const kinds = code.slice(code.indexOf('const KINDS'), code.indexOf('export const axisOf'));
  const known = [...kinds.matchAll(/'(\w[\w ]+)',?\s*\]/g)].flatMap(([, names]) => names!.split(' '));
  const page = read('docs/guide/one-objective-an-example.md');
  const table = page.slice(page.indexOf('| operations | examples stay apart along |'));
  const named = [...table.slice(0, table.indexOf('\n\n')).matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  expect(known.length).toBeGreaterThan(80);
  expect(named.sort()).toEqual(known.map((name) => name.replace('__op', '')).sort());
});
