import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import type { WatchedBackend } from '../backend.ts';

/** The number of elements that one workgroup handles: 64 for each of its threads. */
export const BLOCK = 16384;
export const THREADS = 256;

/** The alignment in bytes of a binding that starts inside its buffer. No device asks for more. */
const ALIGNMENT = 256;

/** The first aligned offset at or after `bytes`. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** The number of tensors that a kernel can bind beside its two tables. */
export function bindableTensors({ device }: WatchedBackend): number {
  return device.limits.maxStorageBuffersPerShaderStage - 2;
}

/**
 * The start of every kernel. `block` is the number of its block. The table `blocks` has one entry per block.
 */
export const OPENING: string = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>,
        @builtin(local_invocation_index) thread : u32) {
  let block = group.y * groups.x + group.x;
  if (block >= arrayLength(&blocks)) { return; }
`;

/**
 * Commands for the device. They run after all earlier commands of TensorFlow.js, and are submitted together.
 */
export class Commands {
  readonly #backend: WatchedBackend;
  readonly #name: string;
  readonly #encoder: GPUCommandEncoder;
  readonly #temporary: GPUBuffer[] = [];

  /** `name` appears in errors. */
  constructor(backend: WatchedBackend, name: string) {
    backend.check();
    this.#backend = backend;
    this.#name = name;
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    this.#encoder = (backend as unknown as { readonly commandEncoder: GPUCommandEncoder }).commandEncoder;
  }

  /** The buffer with the tensor's elements. */
  bufferOf({ dataId }: Pick<TensorInfo, 'dataId'>): GPUBuffer {
    this.#backend.uploadToGPU(dataId);
    return this.#backend.tensorMap.get(dataId).resource as GPUBuffer;
  }

  /**
   * The buffer with the tensor's elements, for writing. It discards the host's copy of the values, which will
   * be out of date.
   */
  targetOf(tensor: Pick<TensorInfo, 'dataId'>): GPUBuffer {
    const buffer = this.bufferOf(tensor);
    this.#backend.tensorMap.get(tensor.dataId).values = null as unknown as BackendValues;
    return buffer;
  }

  /** A buffer that lasts until the commands have run. Its initial content is arbitrary. */
  temporary(bytes: number): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffer = this.#backend.bufferManager.acquireBuffer(bytes, STORAGE | COPY_SRC | COPY_DST);
    this.#temporary.push(buffer);
    return buffer;
  }

  table(values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.temporary(values.byteLength);
    this.#backend.queue.writeBuffer(buffer, 0, values);
    return buffer;
  }

  /** Offsets and sizes in bytes. */
  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  clear(buffer: GPUBuffer, offset: number, bytes: number): void {
    this.#encoder.clearBuffer(buffer, offset, bytes);
  }

  /** Runs a kernel of this source, with one workgroup per block. */
  run(code: string, bindings: readonly GPUBufferBinding[], blocks: number): void {
    this.#scoped(() => {
      const { device } = this.#backend;
      const pipeline = pipelineOf(device, code, this.#name);
      const entries = bindings.map((resource, binding) => ({ binding, resource }));
      const pass = this.#encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      const rows = Math.ceil(blocks / device.limits.maxComputeWorkgroupsPerDimension);
      pass.dispatchWorkgroups(Math.ceil(blocks / rows), rows);
      pass.end();
    });
  }

  submit(): void {
    this.#scoped(() => this.#backend.submitQueue());
    for (const buffer of this.#temporary.splice(0)) this.#backend.bufferManager.releaseBuffer(buffer);
  }

  #scoped(issue: () => void): void {
    const { device } = this.#backend;
    device.pushErrorScope('validation');
    try {
      issue();
    } finally {
      this.#backend.watch(device.popErrorScope(), this.#name);
    }
  }

  /** Submits the commands and reads `bytes` bytes. `fill` gets a buffer and must write them into it. */
  async read(bytes: number, fill: (buffer: GPUBuffer) => void): Promise<ArrayBuffer> {
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const { bufferManager } = this.#backend;
    const buffer = bufferManager.acquireBuffer(bytes, MAP_READ | COPY_DST);
    fill(buffer);
    this.submit();
    try {
      await this.#backend.finished(buffer.mapAsync(GPUMapMode.READ));
      const values = buffer.getMappedRange().slice(0);
      buffer.unmap();
      return values;
    } finally {
      bufferManager.releaseBuffer(buffer);
    }
  }
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(device: GPUDevice, code: string, label: string): GPUComputePipeline {
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const found = known.get(code);
  if (found) return found;
  const module = device.createShaderModule({ code, label });
  const pipeline = device.createComputePipeline({
    compute: { module, entryPoint: 'main' },
    label,
    layout: 'auto',
  });
  known.set(code, pipeline);
  return pipeline;
}
