// The part of vitest that the tests of a GPU use, over Node's own runner, for machines that have nothing but Node.
import { test as run, describe as suite } from 'node:test';
import { format } from 'node:util';
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import { restoreAllMocks, spyOn } from '@vitest/spy';

export { after as afterAll, afterEach, before as beforeAll, beforeEach } from 'node:test';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const { expect } = chai;
export const vi = { spyOn, restoreAllMocks };

const SKIPPED = new Error('skipped');

export const test = withTables((name, body) =>
  run(name, async (context) => {
    const skip = (reason) => {
      context.skip(reason);
      throw SKIPPED;
    };
    try {
      await body({ skip });
    } catch (error) {
      if (error !== SKIPPED) throw error;
    }
  }),
);

export const describe = withTables((name, body) => suite(name, body));

function withTables(define) {
  const skipped = (name) => suite(name, { skip: true });
  return Object.assign(define, {
    skipIf: (condition) => (condition ? skipped : define),
    each: (table) => (name, body) => {
      for (const row of table) {
        const values = Array.isArray(row) ? row : [row];
        define(format(name, ...values), () => body(...values));
      }
    },
  });
}
