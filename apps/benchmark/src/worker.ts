import { parseArgs } from 'node:util';
import { serveRuns } from '@scalpel/bench/sweep';
// Registers the gradients.
import * as tf from '@tensorflow/tfjs';
import { rememberedCheck } from './checks.ts';
import { report } from './errors.ts';
import { loadForRuns } from './plugins.ts';
import { toTheEnd } from './waiting.ts';

/** A worker process of a sweep: --backend ID, and --plugin NAME for each plugin. */
async function work(): Promise<void> {
  const { values } = parseArgs({
    options: { backend: { type: 'string', default: 'wasm' }, plugin: { type: 'string', multiple: true } },
  });
  tf.enableProdMode();
  await serveRuns(async () => {
    const toolkit = await loadForRuns(values.plugin ?? []);
    const backend = toolkit.backend(values.backend);
    return { toolkit, backend, checkOf: (detail) => rememberedCheck(backend, detail) };
  });
}

toTheEnd(work).catch((error) => {
  report(error);
  process.exit();
});
