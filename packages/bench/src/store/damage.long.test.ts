import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flipBits } from '../testing/flip.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { threeRecords } from '../testing/records.ts';
import { openStore } from './open.ts';

test('a bit that flips in any byte of the file changes no result in silence', {
  timeout: 3_600_000,
}, async () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  const store = await openStore(file);
  for (const record of threeRecords) {
    await store.claim(record);
    await store.finish(record);
  }
  await store.close();
  const { said, wrong } = await flipBits(file, threeRecords, 1);
  expect(wrong).toEqual([]);
  expect(said).toBeGreaterThan(1_000);
});
