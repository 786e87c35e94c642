import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The most that core, bloop and one method may add to what a page loads at first, in kB of gzip. Below 25 is the aim. What
 * Vite adds to load code later is 0.7 of it.
 */
const LIMIT = 26;

/** What the packages add to TensorFlow.js in a build of Vite. */
export async function measureBundle(project) {
  const { build } = await import(createRequire(join(project, 'x.js')).resolve('vite'));
  writeFileSync(
    join(project, 'bundle.js'),
    "export { createTrainer } from '@scalpel/core';\nexport { bloop } from '@scalpel/bloop';\nexport { mgda } from '@scalpel/baselines';\n",
  );
  const { output } = await build({
    root: project,
    logLevel: 'error',
    configFile: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: {
        input: join(project, 'bundle.js'),
        external: [/^@tensorflow/],
        // As in an application: other chunks may import from the first one.
        preserveEntrySignatures: 'allow-extension',
      },
    },
  });
  const first = output.find(({ isEntry }) => isEntry);
  const atFirst = withImports(first, output);
  const [size, rest] = [atFirst, output.filter((chunk) => !atFirst.includes(chunk))].map(
    (chunks) => gzipSync(chunks.map(({ code }) => code ?? '').join('\n')).length / 1000,
  );
  if (size > LIMIT)
    throw new Error(`core, bloop and mgda add ${size.toFixed(1)} kB of gzip, more than ${LIMIT}.`);
  return `core, bloop and mgda add ${size.toFixed(1)} kB of gzip to TensorFlow.js, and ${rest.toFixed(1)} kB of what only some trainings load later`;
}

/** A chunk and all that it imports before it runs. */
function withImports(chunk, output) {
  const imported = output.filter(({ fileName }) => chunk.imports.includes(fileName));
  return [chunk, ...imported.flatMap((one) => withImports(one, output))];
}
