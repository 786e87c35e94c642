import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { createToolkit } from '../run/create-toolkit.ts';
import { serveRuns } from '../sweep/serve.ts';
import { plugin } from './toy.ts';

enableProdMode();
await serveRuns(async () => {
  const toolkit = createToolkit(plugin);
  return { toolkit, backend: toolkit.backend('cpu') };
});
