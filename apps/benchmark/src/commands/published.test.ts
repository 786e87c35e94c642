import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromJsonLines, planSuite } from '@scalpel/bench';
import { expect, test } from 'vitest';
import { loadToolkit } from '../plugins.ts';
import { loadSuite, root } from '../suites.ts';
import { filesOf } from './export.ts';

const folder = join(root, 'benchmarks/results');
const suites = readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.slice(0, -'.jsonl'.length));

test('something is published', () => {
  expect(suites).toContain('mnist');
});

test.each(suites)(
  'what is published of %s is what its records give, and every run of the suite is there',
  async (id) => {
    const text = readFileSync(join(folder, `${id}.jsonl`), 'utf8');
    const records = fromJsonLines(text, `${id}.jsonl`);
    const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], []);
    const plan = planSuite(await loadSuite(id), toolkit, { backend: 'wasm' });
    // Fails too where a task or a combiner has a new version: its runs have to be made and exported again.
    expect(records.map(({ key }) => key)).toEqual(plan.runs.map(({ key }) => key));
    for (const [name, content] of await filesOf(plan, records)) {
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(content);
    }
  },
);
