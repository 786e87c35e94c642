import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', '{docs,benchmarks,tools}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    setupFiles: ['vitest.setup.ts'],
    globalSetup: ['vitest.machine.ts'],
    // No test fails for being slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
