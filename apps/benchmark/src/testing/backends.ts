import { type BackendDefinition, definePlugin, type Plugin } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

type Call = Parameters<tf.KernelFunc>[0];

/** The cpu backend under another name, with one broken kernel. */
function broken(
  id: string,
  kernelName: string,
  after: (result: tf.TensorInfo, call: Call) => void,
): BackendDefinition {
  const start = async (): Promise<void> => {
    tf.registerBackend(id, tf.findBackendFactory('cpu')!);
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const kernelFunc: tf.KernelFunc = (call) => {
        const result = kernel.kernelFunc(call);
        if (kernel.kernelName === kernelName) after(result as tf.TensorInfo, call);
        return result;
      };
      tf.registerKernel({ ...kernel, backendName: id, kernelFunc });
    }
    await tf.setBackend(id);
  };
  const probe = async () => ({ works: true, detail: 'a backend of the tests' });
  return { id, title: id, summary: `${kernelName} is broken.`, version: 1, probe, start };
}

/** A backend with wrong results, and one whose process is ended by a kernel. */
export const plugin: Plugin = definePlugin({
  name: 'broken backends',
  backends: [
    broken('wrong', 'Tanh', ({ dataId }, { backend }) => {
      const values = (backend as tf.KernelBackend).readSync(dataId) as Float32Array;
      if (values.length > 0) values[0]! += 0.1;
    }),
    broken('dying', 'Cosh', () => process.kill(process.pid, 'SIGKILL')),
  ],
});
