import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { plugin as backends } from '@scalpel/backends/choose';
import { plugin as baselines } from '@scalpel/baselines';
import { type Plan, type PlannedMethod, planSuite } from '@scalpel/bench';
import { createToolkit } from '@scalpel/bench/sweep';
import { plugin as bloop } from '@scalpel/bloop';
import { plugin as tasks } from '@scalpel/tasks';
import { describe, expect, test } from 'vitest';
import { root } from './programs.ts';
import { loadSuite } from './suites.ts';

const toolkit = createToolkit(baselines, bloop, tasks, backends);
const ids = readdirSync(resolve(root, 'benchmarks/suites')).map((file) => file.replace(/\.ts$/, ''));

/** The plans of a suite: at its published size and, if it has one, at full size. */
async function plansOf(id: string): Promise<Plan[]> {
  const suite = await loadSuite(id);
  const sizes = suite.entries.some(({ full }) => full) ? [false, true] : [false];
  return sizes.map((full) => planSuite(suite, toolkit, { backend: 'wasm', full }));
}

/** The values of lambda of a method. With trials: of the half that varies lambda alone. */
function lambdasOf({ points }: PlannedMethod): unknown[] {
  const all = points.map(({ runs, tuning = runs }) => tuning[0]!.spec.combiner.options);
  const values = all.map((options) => (options as { readonly lambda: unknown }).lambda);
  return points[0]!.tuning ? values.slice(0, values.length / 2) : values;
}

describe.each(ids)('the suite %s', (id) => {
  test('has the name of its file and can be planned, full size included', async () => {
    for (const plan of await plansOf(id)) {
      expect(plan.suite.id).toBe(id);
      expect(plan.runs.length).toBeGreaterThan(0);
    }
  });

  test('gives all methods that have a lambda the same values of it, plain mixing among them', async () => {
    for (const { methods } of (await plansOf(id)).flatMap(({ entries }) => entries)) {
      const swept = methods.filter(({ points }) => points[0]!.setting.startsWith('lambda'));
      const settings = swept.map(lambdasOf);
      for (const own of settings) expect(own).toEqual(settings[0]);
      if (swept.length > 0) expect(swept.map(({ combiner }) => combiner)).toContain('mixed');
    }
  });
});

test.each(['weight-decay', 'fashion-and-digits', 'little-conflict'])(
  '%s: runs are at least 20 times as long as an average lives',
  async (id) => {
    for (const { runs } of await plansOf(id)) {
      const averages = runs.filter(({ spec }) => spec.combiner.id === 'bloop');
      expect(averages.length).toBeGreaterThan(0);
      for (const { spec } of averages) {
        const { epochs, batch, images } = spec.task.options as Record<string, number>;
        const { rho } = spec.combiner.options as { readonly rho: number };
        expect(rho * epochs! * Math.floor(images! / batch!)).toBeGreaterThanOrEqual(20);
      }
    }
  },
);
