import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

// The server of the tests serves the whole repository.
setWasmPaths('/packages/backends/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
