import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import { describeAdapter } from './adapter.ts';
import { Buffers } from './buffers.ts';
import { mendProgram } from './programs.ts';

type Run = WebGPUBackend['runWebGPUProgram'];

/**
 * TensorFlow.js's WebGPU backend, in which nothing goes wrong in silence. A device finds errors later than the call that made them: they are thrown
 * by the next kernel or, at the latest, by the next read-back, which waits for them.
 */
export class WatchedBackend extends WebGPUBackend {
  /** Why the device is gone. */
  lost: Error | null = null;
  /** What a kernel or an allocation did wrong. */
  readonly #causes: Error[] = [];
  /** Commands that failed outside of any kernel: mostly the consequences. */
  readonly #consequences: Error[] = [];
  readonly #pending = new Set<Promise<void>>();

  constructor(device: GPUDevice, adapter: GPUAdapter) {
    super(device, adapter.info);
    const buffers = new Buffers(device, (error) => this.#causes.push(error));
    this.bufferManager = buffers as unknown as WebGPUBackend['bufferManager'];
    device.lost.then(({ reason, message }) => {
      this.lost = new Error(
        `The WebGPU device was lost (${reason}${message === '' ? '' : `: ${message}`}): ${describeAdapter(adapter).detail}. ` +
          'All tensors on it are gone. Call startWebgpu() for a new one, and go on from the last checkpoint.',
      );
    });
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#consequences.push(
        new Error(`A WebGPU command failed: ${event.error.message}`, { cause: event.error }),
      );
    });
  }

  override runWebGPUProgram(...[program, inputs, ...rest]: Parameters<Run>): TensorInfo {
    this.check();
    mendProgram(program, inputs);
    this.device.pushErrorScope('validation');
    try {
      return super.runWebGPUProgram(program, inputs, ...rest);
    } finally {
      this.watch(this.device.popErrorScope(), program.constructor.name);
    }
  }

  override async read(dataId: object): Promise<BackendValues> {
    this.check();
    return this.finished(super.read(dataId));
  }

  override readSync(dataId: object): BackendValues {
    this.check();
    // Values that were read back before are kept.
    if (this.tensorMap.get(dataId).values == null && !('OffscreenCanvas' in globalThis))
      throw new Error(
        'WebGPU cannot be read back synchronously in Node: use `await tensor.data()` instead of `dataSync()`, and `array()` instead of `arraySync()`.',
      );
    return super.readSync(dataId);
  }

  /** Throws what went wrong on the device since the last time. */
  check(): void {
    if (this.lost) throw this.lost;
    const [first, ...others] = [...this.#causes.splice(0), ...this.#consequences.splice(0)];
    if (first === undefined) return;
    if (others.length > 0) first.message += ` (and ${others.length} more errors after it)`;
    throw first;
  }

  /** Waits for a read-back, and for what the device has to say about all that came before it. */
  async finished<Values>(readBack: Promise<Values>): Promise<Values> {
    try {
      const values = await readBack;
      await Promise.all(this.#pending);
      this.check();
      return values;
    } catch (error) {
      // Mapping fails in a moment of its own when the device is lost: its reason comes a moment later.
      await Promise.all(this.#pending);
      this.check();
      throw error;
    }
  }

  /** Keeps what an error scope around `kernel` finds. */
  watch(outcome: Promise<GPUError | null>, kernel: string): void {
    const settled = outcome
      .then((error) => {
        if (error !== null)
          this.#causes.push(
            new Error(`The WebGPU kernel ${kernel} failed: ${error.message}`, { cause: error }),
          );
      })
      // The device is lost, and says so itself.
      .catch(() => {})
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}
