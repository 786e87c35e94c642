import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const everywhere = ['{packages,apps}/*/src/**', '{docs,benchmarks}/**'];

/** `unit` is what `pnpm test` runs; `long` are proofs by volume beside it, for `pnpm test:long`. */
export default defineConfig({
  test: {
    setupFiles: ['vitest.setup.ts'],
    globalSetup: ['vitest.machine.ts'],
    // For the programs that tests start, which tools/ready.mjs does not.
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/node') },
    // Vitest itself leaves a core to whoever watches.
    maxWorkers: '100%',
    // No test fails for being slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: everywhere.map((folder) => `${folder}/*.test.ts`),
          exclude: ['**/node_modules/**', '**/*.long.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: everywhere.map((folder) => `${folder}/*.long.test.ts`),
          exclude: ['**/node_modules/**'],
        },
      },
    ],
  },
});
