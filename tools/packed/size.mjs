import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The most that `createTrainer` of core, `bloop` and `mgda` may add to what a page loads at first, in kB of gzip:
 * our code, Valibot, and 0.7 of what Vite adds to load code later. TensorFlow.js does not count, and neither does
 * what a page loads in the first step that needs it.
 */
const LIMIT = 25;

const ENTRY = `export { createTrainer } from '@scalpel/core';
export { bloop } from '@scalpel/bloop';
export { mgda } from '@scalpel/baselines';
`;

/** Steps of the usual kind, which need nothing but what a page loads at first, and then a checkpoint. */
const STEPS = `import * as tf from '@tensorflow/tfjs';
import { bloop, createTrainer, mgda } from './ENTRY';

const x = tf.variable(tf.tensor1d([1, 2]));
const objectives = [3, 4].map((aim, priority) => {
  return { name: 'to ' + aim, priority, loss: () => tf.sum(tf.square(tf.sub(x, [aim, 0]))) };
});
for (const combiner of [bloop(), mgda()]) {
  const trainer = createTrainer({ objectives, combiner, optimizer: tf.train.adam(0.1), variables: [x] });
  await trainer.step();
  await trainer.step();
  const checkpoint = await trainer.checkpoint();
  console.log(JSON.stringify(globalThis.later ?? []));
  await trainer.restore(checkpoint);
  console.log(JSON.stringify(globalThis.later ?? []));
}
`;

/** What the packages add to TensorFlow.js in a build of Vite. */
export async function measureBundle(project, run) {
  const { build } = await import(createRequire(join(project, 'x.js')).resolve('vite'));
  writeFileSync(join(project, 'bundle.js'), ENTRY);
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
  const later = output.filter((chunk) => !atFirst.includes(chunk));
  const [size, rest] = [atFirst, later].map(sizeOf);
  if (size > LIMIT)
    throw new Error(`core, bloop and mgda add ${size.toFixed(1)} kB of gzip, more than ${LIMIT}.`);
  const [steps, restored] = loadedBy(project, run, { output, first, later });
  if (steps.length > 0) throw new Error(`The usual steps load more code: ${steps}.`);
  const ofRestore = sizeOf(later.filter(({ fileName }) => restored.includes(fileName)));
  return `core, bloop and mgda add ${size.toFixed(1)} kB of gzip to TensorFlow.js. Of ${rest.toFixed(1)} kB more, a page loads what its training needs: usual steps nothing, and restoring a checkpoint ${ofRestore.toFixed(1)} kB`;
}

function sizeOf(chunks) {
  return gzipSync(chunks.map(({ code }) => code ?? '').join('\n')).length / 1000;
}

/** The files that are loaded later than at first: by the usual steps, and by these and the restoring of a checkpoint. */
function loadedBy(project, run, { output, first, later }) {
  const folder = join(project, 'bundle');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const chunk of output) {
    const note = `(globalThis.later ??= []).push(${JSON.stringify(chunk.fileName)});\n`;
    writeFileSync(join(folder, chunk.fileName), later.includes(chunk) ? note + chunk.code : chunk.code);
  }
  writeFileSync(join(folder, 'steps.js'), STEPS.replace('ENTRY', first.fileName));
  const lines = run(process.execPath, ['bundle/steps.js'])
    .split('\n')
    .filter((line) => line.startsWith('['));
  const [ofBloop, all, ofMgda] = lines.map((line) => JSON.parse(line));
  return [[...ofBloop, ...ofMgda.filter((name) => !all.includes(name))], all];
}

/** A chunk and all that it imports before it runs. */
function withImports(chunk, output) {
  const imported = output.filter(({ fileName }) => chunk.imports.includes(fileName));
  return [chunk, ...imported.flatMap((one) => withImports(one, output))];
}
