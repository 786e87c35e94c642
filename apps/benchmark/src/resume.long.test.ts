import { startWasm } from '@scalpel/backends';
import { beforeAll, test } from 'vitest';
import { expectResumed, tasksAndCombiners } from './testing/resume.ts';

beforeAll(() => startWasm());

test.each(tasksAndCombiners)('%s with %s goes on from a checkpoint to the last bit', async (...given) => {
  await expectResumed(given);
});
