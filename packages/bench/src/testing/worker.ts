import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { serveRuns } from '../serve.ts';
import { createToolkit } from '../toolkit.ts';
import { plugin } from './toy.ts';

enableProdMode();
const toolkit = createToolkit(plugin);
const backend = toolkit.backend('cpu');
await backend.start();
await serveRuns(toolkit, backend);
