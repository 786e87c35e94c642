import { startWasm } from '@scalpel/backends';
import { expect, test } from 'vitest';
import { train } from './train.ts';

test('the network fits, and the second level makes it smoother', async () => {
  await startWasm();
  const { first, last } = await train(200, 10);
  const { last: alone } = await train(200, 0);
  expect(last.fit).toBeLessThan(first.fit! / 2);
  expect(last.roughness).toBeLessThan(0.9 * alone.roughness!);
});
