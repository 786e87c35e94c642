// The first thing that every script runs, on whatever Node there is: pnpm goes on with a script when the install before it has failed.
// `node tools/ready.mjs` says whether all is installed; `node tools/ready.mjs FILE …` goes on with that program.
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = /^nodeVersion: (.*)$/m.exec(read('pnpm-workspace.yaml'))[1];

const problem = lackOf();
if (problem !== undefined) {
  process.stderr.write(
    `scalpel: ${problem} The install failed: see above for why.\n` +
      'Look that the registry can be reached, and that this folder, the temporary folder and the home folder may be written and have room.\n' +
      'Then give the same command again: what is there already is not fetched twice.\n',
  );
  process.exitCode = 1;
} else if (process.argv.length > 2) {
  const file = resolve(process.argv[2]);
  process.argv.splice(1, 2, file);
  // What is compiled once is not compiled again, here or in the processes that a sweep starts.
  process.env.NODE_COMPILE_CACHE ??= resolve(root, 'node_modules/.cache/node');
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(pathToFileURL(file).href);
}

function lackOf() {
  // What pnpm writes last: a copy of the lock file that it has installed.
  if (read('node_modules/.pnpm/lock.yaml') !== read('pnpm-lock.yaml'))
    return 'Not all packages are installed.';
  if (compared(process.versions.node, wanted) >= 0) return undefined;
  return `Node ${wanted} is not installed, and this one is ${process.versions.node}.`;
}

/** Empty where there is no such file. */
function read(file) {
  try {
    return readFileSync(resolve(root, file), 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}

function compared(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
