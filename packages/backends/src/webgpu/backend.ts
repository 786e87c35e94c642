import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import { describeAdapter } from './adapter.ts';
import { Buffers } from './buffers.ts';
import { correctProgram } from './programs.ts';

type Run = WebGPUBackend['runWebGPUProgram'];

/**
 * TensorFlow.js's WebGPU backend, made so that no error stays silent. A device finds errors later than the
 * call that made them. The next kernel throws them, or at the latest the next read-back, which waits for
 * them.
 */
export class WatchedBackend extends WebGPUBackend {
  /** The reason why the device is lost. */
  lost: Error | null = null;
  /** Errors of kernels and allocations. */
  readonly #causes: Error[] = [];
  /** Whether the program that runs now had to be compiled first. */
  #isCompiled = false;
  /** Errors of commands outside of any kernel, which mostly follow from earlier errors. */
  readonly #consequences: Error[] = [];
  readonly #pending = new Set<Promise<void>>();

  constructor(device: GPUDevice, adapter: GPUAdapter) {
    super(device, adapter.info);
    const buffers = new Buffers(device, (error) => this.#causes.push(error));
    this.bufferManager = buffers as unknown as WebGPUBackend['bufferManager'];
    Object.assign(this, { pipelineCache: this.#pipelines });
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
    correctProgram(program, inputs);
    this.#isCompiled = false;
    this.device.pushErrorScope('validation');
    try {
      const output = super.runWebGPUProgram(program, inputs, ...rest);
      if (this.#isCompiled) this.#handOver();
      return output;
    } finally {
      this.watch(this.device.popErrorScope(), program.constructor.name, () => {
        delete this.#pipelines[program.shaderKey];
      });
    }
  }

  /**
   * The stock backend's pipelines. If one command is refused, all commands of the same submission are lost,
   * including uploads of tensors. So a program that was not compiled before is submitted alone. A program
   * that failed is forgotten, so that it reports its error each time.
   */
  readonly #pipelines: Record<string, unknown> = new Proxy<Record<string, unknown>>(
    {},
    {
      set: (pipelines, key, pipeline) => {
        this.#handOver();
        this.#isCompiled = true;
        return Reflect.set(pipelines, key, pipeline);
      },
    },
  );

  /** Submits all commands so far to the device. */
  #handOver(): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
  }

  override async read(dataId: object): Promise<BackendValues> {
    this.check();
    return this.finished(super.read(dataId));
  }

  override readSync(dataId: object): BackendValues {
    this.check();
    // Values that were read back before are kept. In a browser the stock backend reads through a canvas,
    // which has given zeros and lost the device.
    if (this.tensorMap.get(dataId).values == null)
      throw new Error(
        'WebGPU is not read back synchronously: use `await tensor.data()` instead of `dataSync()`, and `array()` instead of `arraySync()`.',
      );
    return super.readSync(dataId);
  }

  /** Throws the errors that the device found since the last call. */
  check(): void {
    if (this.lost) throw this.lost;
    const [first, ...others] = [...this.#causes.splice(0), ...this.#consequences.splice(0)];
    if (first === undefined) return;
    if (others.length > 0) first.message += ` (and ${others.length} more errors after it)`;
    throw first;
  }

  /** Waits for a read-back, and for the device's errors about everything before it. */
  async finished<Values>(readBack: Promise<Values>): Promise<Values> {
    try {
      const values = await readBack;
      await Promise.all(this.#pending);
      this.check();
      return values;
    } catch (error) {
      // If the device is lost, the mapping fails first, and the reason of the loss comes a moment later.
      await Promise.all(this.#pending);
      this.check();
      throw error;
    }
  }

  /** Keeps the errors that an error scope around `kernel` finds. */
  watch(outcome: Promise<GPUError | null>, kernel: string, onFailure: () => void = () => {}): void {
    const settled = outcome
      .then((error) => {
        if (error === null) return;
        onFailure();
        this.#causes.push(
          new Error(`The WebGPU kernel ${kernel} failed: ${error.message}`, { cause: error }),
        );
      })
      // The device is lost, which it reports itself.
      .catch(() => {})
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }
}
