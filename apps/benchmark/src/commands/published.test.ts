import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadToolkit } from '../plugins.ts';
import { root } from '../programs.ts';
import { publishedIn, readResults } from '../published.ts';
import { filesOf, OVERVIEW, overviewOf } from './export.ts';

const folder = join(root, 'benchmarks/results');
const suites = publishedIn(folder);
const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], []);

test('something is published', () => {
  expect(suites).toContain('mnist');
});

test.each(suites)(
  'what is published of %s is what its records give, and every run of the suite is there',
  async (id) => {
    const { plan, records } = await readResults(folder, id, toolkit);
    // This also fails if a task or combiner has a new version: its runs must then be made and exported again.
    expect(records.map(({ key }) => key)).toEqual(plan.runs.map(({ key }) => key));
    for (const [name, content] of await filesOf(plan, records)) {
      expect(readFileSync(join(folder, name), 'utf8') === content, `${name} is as generated`).toBe(true);
    }
  },
);

test('the overview is that of all published suites', async () => {
  const overview = readFileSync(join(folder, '..', OVERVIEW), 'utf8');
  expect(overview).toBe(await overviewOf(folder, toolkit));
});

const unfinished = readdirSync(folder).includes('partial') ? publishedIn(join(folder, 'partial')) : [];

test.runIf(unfinished.length > 0)('unfinished suites have records of their own runs alone', async () => {
  for (const id of unfinished) {
    const { plan, records } = await readResults(join(folder, 'partial'), id, toolkit);
    const keys = new Set(plan.runs.map(({ key }) => key));
    expect(records.filter(({ key }) => !keys.has(key))).toEqual([]);
  }
});
