import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright';

const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };

/** Builds the page with Vite, serves the files, and trains in Chromium: in the page and in a web worker, on wasm and on WebGPU. */
export async function checkPage(project, run) {
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));
  if (!executablePath)
    throw new Error('Chromium is missing: apt-get install chromium, or set CHROMIUM to its path.');
  const built = run('npx', ['vite', 'build', 'page']);
  if (/externalized for browser compatibility/.test(built))
    throw new Error(`Node's modules are reached:\n${built}`);
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(project, 'page/built', pathname === '/' ? 'index.html' : pathname);
    const content = await readFile(file).catch(() => null);
    response.writeHead(content ? 200 : 404, {
      'content-type': TYPES[file.split('.').at(-1)] ?? 'text/plain',
    });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-unsafe-swiftshader',
      '--use-angle=swiftshader',
    ],
  });
  try {
    const lines = [];
    for (const query of [
      'backend=wasm',
      'backend=wasm&worker',
      'backend=webgpu',
      'backend=webgpu&worker',
      'backend=webgl',
    ]) {
      const page = await browser.newPage();
      const errors = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
      await page.waitForFunction(() => 'result' in window, null, { timeout: 300_000 });
      const { error, first, last, left, backend } = await page.evaluate(() => window.result);
      if (error || errors.length > 0) throw new Error(`${query}: ${error ?? errors.join('\n')}`);
      if (!(last < first) || left !== 0)
        throw new Error(`${query}: from ${first} to ${last}, ${left} tensors left`);
      lines.push(`${query}: from ${first.toFixed(3)} to ${last.toFixed(3)} on ${backend}`);
      await page.close();
    }
    return lines.join('\n');
  } finally {
    await browser.close();
    server.close();
  }
}
