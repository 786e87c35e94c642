import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const core = fileURLToPath(new URL('packages/core/src/', import.meta.url));

/** The tests that guard the solvers, for mutation testing: it mutates a copy, in which the links between packages lead back to the original. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@scalpel\/core\/(.*)$/, replacement: `${core}$1/index.ts` },
      { find: /^@scalpel\/core$/, replacement: `${core}index.ts` },
    ],
  },
  test: {
    include: ['packages/core/src/solvers/*.test.ts', 'packages/baselines/src/**/*.test.ts'],
    // It trains every method, which takes too long to repeat for each mutant.
    exclude: ['**/conformance.test.ts'],
    setupFiles: ['vitest.setup.ts'],
  },
});
