import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import type { BackendDefinition, Guarantee } from '../plugin.ts';
import { contract } from './contract.ts';
import { guarantees } from './guarantees.ts';
import type { Subject } from './layouts.ts';
import { training } from './training.ts';

export interface ConformanceOptions {
  /** The guarantees that the method claims for every input. Each is a test of that name. */
  readonly guarantees: readonly Guarantee[];
  /** Title of the tests. Default: the combiner's name. */
  readonly title?: string;
  /** The smallest number of objectives that must be present in a step. Default 1. */
  readonly least?: number;
  /** The backends to train on. Default: the registered TensorFlow.js backends that start here. */
  readonly backends?: readonly Pick<BackendDefinition, 'id' | 'start'>[];
}

/**
 * Tests, with vitest, that a combiner keeps the contract and its claims. They run over the shared bank of
 * matrices in float64, and in training on every backend. Objectives are arranged in every way that the
 * combiner's own `check` accepts. `create` must return a new combiner each time.
 */
export function describeCombiner(create: () => GradientCombiner, options: ConformanceOptions): void {
  const { title = create().name, least = 1, backends } = options;
  const subject: Subject = { create, least };
  describe(title, () => {
    for (const [name, check] of Object.entries(contract)) test(name, () => check(subject));
    for (const name of options.guarantees) test(name, () => guarantees[name](subject));
    for (const { id, start } of backends ?? registered()) {
      describe(`on ${id}`, () => {
        for (const [name, check] of Object.entries(training)) {
          test(name, async ({ skip }) => {
            if ((await start()) === false) skip(`${id} does not start here`);
            await check(subject);
          });
        }
      });
    }
  });
}

function registered() {
  return tf
    .engine()
    .backendNames()
    .map((id) => ({ id, start: () => tf.setBackend(id).catch(() => false) }));
}
