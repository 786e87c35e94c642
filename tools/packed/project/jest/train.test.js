import { startWasm } from '@scalpel/backends';
import { train } from '../train.js';

test('a model trains under Jest', async () => {
  await startWasm();
  const { first, last, left } = await train(20);
  expect(last).toBeLessThan(first);
  expect(left).toBe(0);
});
