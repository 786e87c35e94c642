import { parseArgs } from 'node:util';
import { checkBackend } from '@scalpel/backends';
// Registers the gradients.
import * as tf from '@tensorflow/tfjs';
import { MARK } from './answers.ts';
import { report } from './errors.ts';
import { loadToolkit } from './plugins.ts';
import { toTheEnd } from './waiting.ts';

/**
 * A process that checks one backend for doctor: --backend ID, --seed N, and --plugin NAME for each plugin. It
 * prints the backend's description, then its progress, then the result. A broken device can end only this
 * process.
 */
async function check(): Promise<void> {
  const { values } = parseArgs({
    options: {
      backend: { type: 'string', default: 'wasm' },
      seed: { type: 'string', default: '1' },
      plugin: { type: 'string', multiple: true },
    },
  });
  tf.enableProdMode();
  const say = (answer: object): void => console.log(MARK + JSON.stringify(answer));
  const backend = (await loadToolkit(['backends'], values.plugin ?? [])).backend(values.backend);
  const probe = await backend.probe();
  say({ probe });
  if (!probe.works) return;
  await backend.start();
  const { detail } = probe;
  const onProgress = (progress: object): void => say({ progress });
  say({ check: await checkBackend({ seed: Number(values.seed), detail, onProgress }) });
}

toTheEnd(check).then(() => process.exit(), report);
