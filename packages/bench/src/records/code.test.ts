import { expect, test } from 'vitest';
import { createToolkit } from '../run/create-toolkit.ts';
import { threeRecords } from '../testing/records.ts';
import { plugin } from '../testing/toy.ts';
import { changedCode, rememberCode } from './code.ts';

const toolkit = createToolkit(plugin);
for (const definition of [...toolkit.tasks, ...toolkit.combiners]) {
  rememberCode(definition, () => `2-${definition.id}`);
}
const recorded = (task: string, combiner: string) =>
  threeRecords.map((record) => ({
    ...record,
    environment: { ...record.environment, code: { task, combiner } },
  }));

test('code that is as it was is not named, nor what is not known', () => {
  expect(changedCode(recorded('2-toy', '2-weighted'), toolkit)).toBeNull();
  expect(changedCode(threeRecords, toolkit)).toBeNull();
});

test('code that has changed is named', () => {
  const changed = changedCode(recorded('2-toy', '2-other'), toolkit);
  expect(changed).toMatch(
    /^The code of combiner "weighted" has changed since 3 of these 3 runs were made, and its version has not\./,
  );
});

test('a hash that was made in another way counts as what it is today, where that is known', () => {
  const records = recorded('0123', '4567');
  expect(changedCode(records, toolkit)).toBeNull();
  expect(changedCode(records, toolkit, { '0123': '2-toy', '4567': '2-weighted' })).toBeNull();
  expect(changedCode(records, toolkit, { '0123': '2-other' })).toMatch(/^The code of task "toy" has changed/);
});
