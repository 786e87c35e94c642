/*
 * The format safetensors (https://github.com/huggingface/safetensors, version 0.4): eight bytes with the
 * length of a header, the header as JSON, then the bytes of the tensors. Any reader of the format can read
 * the tensors. Here the texts of the header begin with a checksum of the whole file.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export interface FileTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Named tensors, and named texts about them. */
export interface Contents {
  readonly texts: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, FileTensor>;
}

const BEFORE = '{"__metadata__":{"checksum":"';
const ZEROS = '0'.repeat(64);
const CHECKSUM_AT = 8 + BEFORE.length;

export function encoded({ texts, tensors }: Contents): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, values }]): [string, unknown] => {
    const data_offsets = [end, end + values.byteLength];
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets }];
  });
  // An object would put keys that are numbers before all others.
  const metadata = jsonOf([['checksum', ZEROS], ...Object.entries(texts)]);
  const json = `{"__metadata__":${metadata}${entries.length > 0 ? ',' : ''}${jsonOf(entries).slice(1)}`;
  const text = utf8ToBytes(json);
  // The tensors must begin at a multiple of their elements' size.
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end).fill(0x20, 8 + text.length, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  let start = 8 + length;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
    start += values.byteLength;
  }
  bytes.set(utf8ToBytes(checksumOf(bytes)), CHECKSUM_AT);
  return bytes;
}

/** Reads a file. Throws unless every byte is as it was written. */
export function decoded(bytes: Uint8Array): Contents {
  const length = bytes.length < 8 ? -1 : Number(viewOf(bytes).getBigUint64(0, true));
  if (length < BEFORE.length + ZEROS.length || textOf(bytes, 8, CHECKSUM_AT) !== BEFORE) {
    throw new Error('it is no checkpoint of this package.');
  }
  const checksum = textOf(bytes, CHECKSUM_AT, CHECKSUM_AT + ZEROS.length);
  if (checksum !== checksumOf(bytes)) {
    throw new Error(
      `its ${bytes.length} bytes are not those that were written: it was cut off or changed. Use an earlier one.`,
    );
  }
  const { __metadata__, ...entries } = JSON.parse(textOf(bytes, 8, 8 + length));
  const tensors = Object.entries(entries).map(([name, entry]) => {
    const { shape, data_offsets } = entry as { shape: number[]; data_offsets: [number, number] };
    const [start, end] = data_offsets.map((offset) => 8 + length + offset);
    // A copy, since a float may not begin at every byte.
    return [name, { shape, values: new Float32Array(bytes.slice(start, end).buffer) }] as const;
  });
  return { texts: __metadata__, tensors: new Map(tensors) };
}

function jsonOf(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** The SHA-256 of all bytes, with zeros in the place of the checksum. */
function checksumOf(bytes: Uint8Array): string {
  const end = CHECKSUM_AT + ZEROS.length;
  const hash = sha256.create();
  hash.update(bytes.subarray(0, CHECKSUM_AT)).update(utf8ToBytes(ZEROS)).update(bytes.subarray(end));
  return bytesToHex(hash.digest());
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Node and browsers both have it, but the types that they share do not. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}
