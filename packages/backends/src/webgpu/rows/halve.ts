import { HalfTensor, LEAST_EXPONENT } from '@scalpel/core/rows';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { WatchedBackend } from '../backend.ts';
import { Commands, OPENING, THREADS } from './commands.ts';
import { blocksOf } from './parts.ts';

/**
 * Rounds a tensor to float16. The device finds the exponent by itself, in the same way as `exponentOf`, so that
 * nothing is read back here.
 */
export function halve(backend: WatchedBackend, tensor: Tensor): HalfTensor {
  const made = (shape: number[], dtype: 'int32' | 'float32') =>
    engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, dtype));
  const words = made([Math.ceil(tensor.size / 2)], 'int32');
  const largest = made([], 'float32');
  const commands = new Commands(backend, 'halve');
  const blocks = blocksOf(tensor.size, 0);
  const table = commands.table(Uint32Array.from(blocks.flatMap(({ start, end }) => [start, end])));
  const [from, most, to] = [
    commands.bufferOf(tensor),
    commands.targetOf(largest),
    commands.targetOf(words),
  ].map((buffer) => ({ buffer })) as [GPUBufferBinding, GPUBufferBinding, GPUBufferBinding];
  commands.clear(most.buffer, 0, 4);
  commands.run(LARGEST, [{ buffer: table }, from, most], blocks.length);
  commands.run(HALVE, [{ buffer: table }, from, most, to], blocks.length);
  commands.submit();
  return new HalfTensor(tensor, words, largest as HalfTensor['largest']);
}

const MAGNITUDE = '0x7fffffffu';
const BINDINGS = `
@group(0) @binding(0) var<storage, read> blocks : array<vec2<u32>>;
@group(0) @binding(1) var<storage, read> elements : array<u32>;`;

/** As integers, the bits of magnitudes are in the order of the magnitudes, with infinity and NaN at the end. */
const LARGEST = `${BINDINGS}
@group(0) @binding(2) var<storage, read_write> largest : array<atomic<u32>>;
var<workgroup> most : atomic<u32>;
${OPENING}
  for (var i = blocks[block].x + thread; i < blocks[block].y; i += ${THREADS}u) {
    atomicMax(&most, elements[i] & ${MAGNITUDE});
  }
  workgroupBarrier();
  if (thread == 0u) { atomicMax(&largest[0], atomicLoad(&most)); }
}`;

/** WGSL may round conversions to float16 either way, so integer operations do it: to the nearest, ties to even. */
const HALVE = `${BINDINGS}
@group(0) @binding(2) var<storage, read> largest : array<u32>;
@group(0) @binding(3) var<storage, read_write> words : array<u32>;

fn rounded(x : f32) -> u32 {
  let magnitude = bitcast<u32>(x) & ${MAGNITUDE};
  let sign = (bitcast<u32>(x) >> 16u) & 0x8000u;
  let normal = (magnitude + 0xc8000fffu + ((magnitude >> 13u) & 1u)) >> 13u;
  let small = bitcast<u32>(bitcast<f32>(magnitude) + 0.5) - 0x3f000000u;
  return sign | select(normal, small, magnitude < 0x38800000u);
}
${OPENING}
  let exponent = max(${LEAST_EXPONENT}, i32(largest[0] >> 23u) - 141);
  let factor = bitcast<f32>(u32(127 - exponent) << 23u);
  let end = blocks[block].y;
  for (var i = blocks[block].x + 2u * thread; i < end; i += ${2 * THREADS}u) {
    var word = rounded(bitcast<f32>(elements[i]) * factor);
    if (i + 1u < end) { word |= rounded(bitcast<f32>(elements[i + 1u]) * factor) << 16u; }
    words[i / 2u] = word;
  }
}`;
