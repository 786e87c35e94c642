import { fileURLToPath } from 'node:url';
import { planSuite } from '@scalpel/bench';
import { expect, test } from 'vitest';
import { loadToolkit } from './plugins.ts';
import { plainProgress } from './progress.ts';
import suite from './testing/suite.ts';

test('a run that another process has taken over has a line of its own', async () => {
  const plugin = fileURLToPath(new URL('testing/plugin.ts', import.meta.url));
  const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], [plugin]);
  const plan = planSuite(suite, toolkit, { backend: 'wasm' });
  const [run] = plan.runs;
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  await plainProgress(plan, print, async (onEvent) => {
    onEvent({ kind: 'lost', run: run! });
    return { finished: 0, diverged: 0, failed: 0, left: 0 };
  });
  expect(lines).toEqual([
    `lost: ${run!.name} (another process has taken it over: what comes of it there counts)`,
  ]);
});
