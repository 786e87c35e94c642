import { bytes, largestTensor } from './adapter.ts';

/**
 * In bytes. An allocation of at least this size asks the device whether it succeeded. Smaller ones seldom
 * fail.
 */
const WATCHED = 2 ** 20;

/**
 * Hands out buffers of one device, and keeps returned ones for the next request of their size. It replaces
 * the manager of TensorFlow.js, whose errors do not say how much was asked for.
 */
export class Buffers {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  readonly #device: GPUDevice;
  readonly #fail: (error: Error) => void;
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #used = new Set<GPUBuffer>();

  /** `fail` receives the errors that the device finds later. */
  constructor(device: GPUDevice, fail: (error: Error) => void) {
    this.#device = device;
    this.#fail = fail;
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): GPUBuffer {
    const kept = reuse ? this.#keptFor(size, usage).pop() : undefined;
    const buffer = kept ?? this.#create(size, usage, mappedAtCreation);
    this.#used.add(buffer);
    this.numBytesUsed += size;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#used.delete(buffer)) return;
    this.numBytesUsed -= buffer.size;
    if (reuse) this.#keptFor(buffer.size, buffer.usage).push(buffer);
    else this.#destroy(buffer);
  }

  /** Destroys the buffers that are kept for reuse. */
  trim(): void {
    for (const buffer of [...this.#free.values()].flat()) this.#destroy(buffer);
    this.#free.clear();
  }

  dispose(): void {
    this.trim();
    for (const buffer of this.#used) this.#destroy(buffer);
    this.#used.clear();
    this.numBytesUsed = 0;
  }

  #keptFor(size: number, usage: number): GPUBuffer[] {
    const key = `${size} ${usage}`;
    const kept = this.#free.get(key) ?? [];
    this.#free.set(key, kept);
    return kept;
  }

  #create(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    const most = largestTensor(this.#device.limits);
    if (size > most)
      throw new RangeError(
        `A tensor of ${bytes(size)} was asked for, and this WebGPU device holds at most ${bytes(most)} in one. ` +
          'Make the model or the batch smaller, or split the tensor.',
      );
    const refusal = this.#refusal(size);
    const watched = size >= WATCHED;
    if (watched) this.#device.pushErrorScope('out-of-memory');
    try {
      const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation });
      this.numBytesAllocated += size;
      return buffer;
    } catch (cause) {
      // If a buffer is mapped at creation, the error comes at once.
      this.trim();
      throw new Error(refusal, { cause });
    } finally {
      if (watched) this.#watch(this.#device.popErrorScope(), refusal);
    }
  }

  async #watch(outcome: Promise<GPUError | null>, refusal: string): Promise<void> {
    const cause = await outcome.catch(() => null);
    if (cause === null) return;
    this.trim();
    this.#fail(new Error(refusal, { cause }));
  }

  #refusal(size: number): string {
    const kept = this.numBytesAllocated - this.numBytesUsed;
    return (
      `The WebGPU device is out of memory: ${bytes(size)} were asked for, with ${bytes(this.numBytesUsed)} in use and ` +
      `${bytes(kept)} kept for reuse. Make the model or the batch smaller, or use fewer processes on the device.`
    );
  }

  #destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    buffer.destroy();
  }
}
