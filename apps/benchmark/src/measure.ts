import { parseArgs } from 'node:util';
// Registers the gradients.
import * as tf from '@tensorflow/tfjs';
import { MARK } from './answers.ts';
import { report } from './errors.ts';
import { loadToolkit } from './plugins.ts';
import { measureRates } from './rates.ts';
import { toTheEnd } from './waiting.ts';

/**
 * A process that examines one backend for doctor: --backend ID, and --plugin NAME for each plugin. It prints
 * the backend's description, then its speed. A broken backend can end only this process, and the output of
 * drivers stays in it.
 */
async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: { backend: { type: 'string', default: 'wasm' }, plugin: { type: 'string', multiple: true } },
  });
  tf.enableProdMode();
  const backend = (await loadToolkit(['backends'], values.plugin ?? [])).backend(values.backend);
  const found = await backend.probe();
  console.log(MARK + JSON.stringify(found));
  if (!found.works) return;
  await backend.start();
  console.log(MARK + JSON.stringify(await measureRates()));
}

toTheEnd(measure).then(() => process.exit(), report);
