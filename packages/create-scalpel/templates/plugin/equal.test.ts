import '@tensorflow/tfjs';
import { describeCombiner } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { equal, equalDefinition } from './equal.ts';

// The contract and what the definition claims, over matrices that are hard, and in training.
describeCombiner(() => equal(), { guarantees: equalDefinition.guarantees });

test('an option that does not exist is refused', () => {
  expect(() => equal({ lenght: 1 } as never)).toThrow('Did you mean "length"?');
});
