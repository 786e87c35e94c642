import { startWasm } from '@scalpel/backends';
import { beforeAll, test } from 'vitest';
import { expectResumed, tasksAndCombiners } from './testing/resume.ts';

beforeAll(() => startWasm());

// All combiners on the smallest task, and one on pictures. All combiners on all tasks are in a separate test
// that takes longer.
const cases = tasksAndCombiners.filter(
  ([task, combiner]) => task === 'language-model' || (task === 'fashion-and-digits' && combiner === 'bloop'),
);

test.each(cases)('%s with %s goes on from a checkpoint to the last bit', async (...given) => {
  await expectResumed(given);
});
