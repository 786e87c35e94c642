import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import type { BackendDefinition, Guarantee } from '../plugin.ts';
import { contract } from './contract.ts';
import { guarantees } from './guarantees.ts';
import type { Subject } from './layouts.ts';
import { training } from './training.ts';

export interface ConformanceOptions {
  /** The guarantees that the method claims for every input: each is a test of that name. */
  readonly guarantees: readonly Guarantee[];
  /** Title of the tests; default: the combiner's name. */
  readonly title?: string;
  /** Fewest objectives that have to be present in a step; default 1. */
  readonly least?: number;
  /** Where to train; default: the TensorFlow.js backends that are registered, those that start here. */
  readonly backends?: readonly Pick<BackendDefinition, 'id' | 'start'>[];
}

/**
 * The proof that a combiner keeps the contract and what it claims, as tests of vitest: over the shared bank
 * of matrices in float64, and in training on every backend. Objectives are arranged in every way that the
 * combiner's own `check` accepts. `create` makes a new combiner each time.
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
