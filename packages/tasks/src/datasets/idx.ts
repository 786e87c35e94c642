import { readFileSync } from 'node:fs';

/** Unsigned bytes in the order of the file. The last dimension changes fastest. */
export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Reads a file of unsigned bytes in LeCun's IDX format: two zero bytes, the type 8, the number of dimensions,
 * each dimension as a big-endian 32-bit number, then the values. Throws with the path if the file cannot be
 * read, or if it is not an IDX file of this rank.
 */
export function readIdx(path: string, rank: number): Idx {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`Cannot read ${path}. Run "pnpm install", which brings this file.`, { cause: error });
  }
  const damaged = (problem: string): never => {
    throw new Error(
      `${path} is damaged: ${problem}. Delete the package it lies in and run "pnpm install --force", which brings it again.`,
    );
  };
  const header = 4 + 4 * rank;
  if (bytes.length < header) damaged(`it has ${bytes.length} bytes, fewer than its header of ${header}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = 0x0800 + rank;
  if (view.getUint32(0) !== magic) {
    damaged(
      `it begins with ${hex(view.getUint32(0))} instead of ${hex(magic)} (unsigned bytes, rank ${rank})`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + size) {
    damaged(`it has ${bytes.length} bytes, but its shape [${shape}] takes ${header + size}`);
  }
  return { shape, values: bytes.subarray(header) };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
