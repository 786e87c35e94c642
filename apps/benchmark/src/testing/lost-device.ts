import { closeSync, openSync } from 'node:fs';
import { definePlugin, type Plugin, type TaskDefinition } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { plugin as testing } from './plugin.ts';

const valley = testing.tasks![0]!;

/**
 * The valley task, except that the first run to reach its fourth step loses the device. The file `marker`
 * shows that this has happened.
 */
const task: TaskDefinition = {
  ...valley,
  id: 'lost-device',
  options: z.strictObject({ marker: z.string() }),
  create: async ({ marker }: { readonly marker: string }, seed) => {
    const inner = await valley.create({ steps: 10 } as never, seed);
    return {
      ...inner,
      batch: (step) => {
        if (step === 3 && isFirst(marker)) deviceOf(tf.backend()).destroy();
        return inner.batch(step);
      },
    };
  },
};

function isFirst(marker: string): boolean {
  try {
    closeSync(openSync(marker, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function deviceOf(backend: tf.KernelBackend): { destroy(): void } {
  return (backend as unknown as { readonly device: { destroy(): void } }).device;
}

export const plugin: Plugin = definePlugin({ name: 'lost-device', tasks: [task] });
