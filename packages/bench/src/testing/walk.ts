import type { Landscape, Plugin, Task } from '@scalpel/core';
import { planSuite } from '../plan/plan.ts';
import type { Plan } from '../plan/planned.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import type { Toolkit } from '../plan/toolkit.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { toySuite } from './suite.ts';
import { plugin as toy } from './toy.ts';

const bowl = (x: number, y: number, centre: number) => ((x - centre) ** 2 + (y - centre) ** 2) / 2;

const landscape: Landscape = {
  bounds: [
    [-1, 2],
    [-1, 2],
  ],
  losses: ([x, y]) => ({ main: bowl(x, y, 0), side: bowl(x, y, 1) }),
  paretoSet: Array.from({ length: 11 }, (_, index): [number, number] => [index / 10, index / 10]),
};

/**
 * The toy task, which reports its first two parameters as a position and has a map of its losses over them.
 */
const walking: Plugin = {
  ...toy,
  tasks: [
    {
      ...toy.tasks![0]!,
      create: async (options: never, seed: number): Promise<Task> => {
        const task = await toy.tasks![0]!.create(options, seed);
        return { ...task, position: async () => [...(await task.variables[0]!.data())].slice(0, 2) };
      },
      landscape: () => landscape,
    },
  ],
};

export const walkingToolkit: Toolkit = createToolkit(walking);

export const walkingPlan = (changes: Partial<SuiteEntry> = {}): Plan =>
  planSuite(toySuite(changes), walkingToolkit, { backend: 'cpu' });
