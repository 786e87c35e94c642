import { parseArgs } from 'node:util';
// Registers the gradients.
import * as tf from '@tensorflow/tfjs';
import { report } from './errors.ts';
import { loadToolkit } from './plugins.ts';
import { measureRates } from './rates.ts';
import { toTheEnd } from './waiting.ts';

/** A process that measures one backend for doctor: --backend ID, and --plugin NAME for each plugin. A backend that breaks ends no more than this. */
async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: { backend: { type: 'string', default: 'wasm' }, plugin: { type: 'string', multiple: true } },
  });
  tf.enableProdMode();
  const toolkit = await loadToolkit(['backends'], values.plugin ?? []);
  await toolkit.backend(values.backend).start();
  console.log(`\n${JSON.stringify(await measureRates())}`);
}

toTheEnd(measure).then(() => process.exit(), report);
