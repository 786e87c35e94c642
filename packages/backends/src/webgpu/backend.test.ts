import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { webgpuMissing } from '../testing/driver.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

class BrokenProgram {
  variableNames = ['x'];
  outputShape = [4];
  workgroupSize: [number, number, number] = [64, 1, 1];
  dispatch: [number, number, number] = [1, 1, 1];
  dispatchLayout = { x: [0] };
  shaderKey = 'broken';
  getUserCode = () => 'fn main(index : i32) { result[index] = nowhere; }';
}

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  beforeEach(startWebgpu);

  const backend = () => tf.backend() as unknown as WebGPUBackend;

  test('starting twice, and at the same time, keeps the device', async () => {
    const { device } = backend();
    await Promise.all([startWebgpu(), startWebgpu()]);
    expect(backend().device).toBe(device);
  });

  test('a kernel that does not compile is an exception with its name at the next read-back, once', async () => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    const output = backend().runWebGPUProgram(new BrokenProgram(), [x], 'float32');
    await expect(backend().read(output.dataId)).rejects.toThrow(
      /^The WebGPU kernel BrokenProgram failed: [\s\S]*unresolved value 'nowhere'/,
    );
    expect([...(await tf.add(x, 1).data())]).toEqual([2, 3, 4, 5]);
    backend().disposeData(output.dataId);
    x.dispose();
  });

  test('a kernel that fails takes nothing else with it, says why each time, and its error does not come back', async () => {
    const matrix = [
      [1, 2],
      [3, 4],
    ];
    for (let time = 0; time < 3; time++) {
      // Tensors that were uploaded and doubled just before.
      const x = tf.tensor2d(matrix);
      const doubled = tf.mul(x, 2);
      const output = backend().runWebGPUProgram(new BrokenProgram(), [x], 'float32');
      await expect(backend().read(output.dataId)).rejects.toThrow(
        /^The WebGPU kernel BrokenProgram failed: [\s\S]*unresolved value 'nowhere'/,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([...(await doubled.data())]).toEqual([2, 4, 6, 8]);
      expect([...(await tf.transpose(x).data())]).toEqual([1, 3, 2, 4]);
      expect([...(await tf.slice(x, [1, 0], [1, 2]).data())]).toEqual([3, 4]);
      backend().disposeData(output.dataId);
      tf.dispose([x, doubled]);
    }
  });

  test('a failed command of somebody else on the device is thrown by the next kernel', async () => {
    backend().device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
    await expect(async () => tf.add([1], 1).data()).rejects.toThrow(/^A WebGPU command failed: Buffer size/);
  });

  test('a tensor beyond the limit is refused with its size', () => {
    const { maxStorageBufferBindingSize, maxBufferSize } = backend().device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const elements = most / 4 + 1024;
    const large = tf
      .engine()
      .makeTensorFromDataId(backend().makeTensorInfo([elements], 'float32').dataId, [elements], 'float32');
    expect(() => tf.neg(large)).toThrow(
      `A tensor of ${(elements / 2 ** 28).toFixed(1)} GiB was asked for, and this WebGPU device holds at most ${(most / 2 ** 30).toFixed(1)} GiB`,
    );
    large.dispose();
  });

  test('out of memory says how much was asked for, and gives back what was kept', async () => {
    const { device } = backend();
    await tf.add(tf.ones([300, 1000]), 1).data();
    // The device decides whether and when memory runs out. In this test it reports that.
    const popErrorScope = device.popErrorScope.bind(device);
    const spy = vi.spyOn(device, 'popErrorScope').mockImplementationOnce(async () => {
      await popErrorScope();
      return { message: 'no memory' } as GPUError;
    });
    const x = tf.zeros([1024, 1024]);
    await expect(tf.add(x, 1).data()).rejects.toThrow(
      /^The WebGPU device is out of memory: 4.0 MiB were asked for, with .* in use and .* kept for reuse/,
    );
    spy.mockRestore();
    expect([...(await tf.add([1], 1).data())]).toEqual([2]);
  });

  test('reading back synchronously says what to do instead', () => {
    expect(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync()).toThrow('use `await tensor.data()`');
  });

  test('a device lost in the middle is a clear error from then on, and the next start takes a new one', async () => {
    const x = tf.randomNormal([64, 64]);
    const train = async () => {
      for (let step = 0; ; step++) {
        const y = tf.matMul(x, x);
        await y.data();
        y.dispose();
        if (step === 3) setTimeout(() => backend().device.destroy());
      }
    };
    await expect(train()).rejects.toThrow(
      /^The WebGPU device was lost \(destroyed.*go on from the last checkpoint/,
    );
    expect(() => tf.matMul(x, x)).toThrow('The WebGPU device was lost');
    await startWebgpu();
    expect([...(await tf.add([1, 2], 3).data())]).toEqual([4, 5]);
  });

  test('pools: buffers are used again, and memory does not grow', async () => {
    const step = async () => {
      const y = tf.tidy(() => tf.sum(tf.matMul(tf.ones([32, 32]), tf.ones([32, 32]))));
      expect((await y.data())[0]).toBe(32 ** 3);
      y.dispose();
    };
    const allocated = () =>
      (tf.memory() as unknown as { readonly numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
    for (let i = 0; i < 3; i++) await step();
    const before = allocated();
    for (let i = 0; i < 10; i++) await step();
    expect(allocated()).toBe(before);
  });

  const script = (end: string) => `
    import * as tf from '@tensorflow/tfjs';
    import { startWebgpu } from '${new URL('./start.ts', import.meta.url).href}';
    await startWebgpu();
    const x = tf.ones([64, 64]);
    const y = tf.matMul(x, x);
    console.log((await y.data())[0]);
    ${end}`;
  const run = (end: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', script(end)], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });

  test.each([
    ['at its end', '', 0],
    ['with kernels in flight', 'tf.matMul(x, x); y.data();', 0],
    ['asked to', 'tf.matMul(x, x); process.exit(3);', 3],
    ['by an error', 'tf.matMul(x, x); throw new Error("stop");', 1],
  ])('a process with a device ends %s', (_name, end, expected) => {
    const { status, signal, stdout } = run(end);
    expect({ status, signal, stdout }).toEqual({ status: expected, signal: null, stdout: '64\n' });
  });
});
