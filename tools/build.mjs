/*
 * Makes `dist` of the package in this folder: JavaScript, declarations and source maps, one file a module, of all that the exports which are
 * published and the files named as arguments reach. Tests and their helpers are not reached, and so not packed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const { exports, publishConfig } = JSON.parse(readFileSync('package.json', 'utf8'));
const sources = [
  ...Object.keys(publishConfig.exports ?? {}).map((door) => exports[door]),
  ...process.argv.slice(2),
];
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const config = join('dist', 'tsconfig.json');
writeFileSync(
  config,
  JSON.stringify({
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      target: 'es2022',
      rootDir: '../src',
      outDir: '.',
      sourceMap: true,
      inlineSources: true,
    },
    include: [],
    files: sources.map((source) => `../${source}`),
  }),
);
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
const { status } = spawnSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', config], {
  stdio: 'inherit',
});
rmSync(config);
process.exitCode = status ?? 1;
