import { expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { disagreements } from '../testing/agreement.ts';

test('every kernel of the cpu backend is what it is in float64', async () => {
  expect(await disagreements(startCpu, 300, 1000)).toEqual([]);
});
