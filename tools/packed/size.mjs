import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Most that core, bloop and one method may add to a page, in kB of gzip: what it is now, a little rounded. Zod is 7 of it. */
const LIMIT = 27;

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
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const size = gzipSync(output.map(({ code }) => code ?? '').join('\n')).length / 1000;
  if (size > LIMIT)
    throw new Error(`core, bloop and mgda add ${size.toFixed(1)} kB of gzip, more than ${LIMIT}.`);
  return `core, bloop and mgda add ${size.toFixed(1)} kB of gzip to TensorFlow.js`;
}
