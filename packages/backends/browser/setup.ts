import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';

// Otherwise TensorFlow.js computes small tensors in JavaScript, and the device is not tested.
env().set('WEBGL_CPU_FORWARD', false);
env().set('WEBGPU_CPU_FORWARD', false);

// The server of the tests serves the whole repository.
setWasmPaths('/packages/backends/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
