import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { RunRecord } from '../records/record.ts';
import { openStoreFile } from '../store/file.ts';
import { openStore } from '../store/open.ts';

/** The results of flipping single bits of a store. */
export interface Flips {
  /** The number of errors reported. */
  said: number;
  /** The number of flips that left all records as before. */
  harmless: number;
  /** The other flips, by the places of their bits. */
  readonly wrong: string[];
}

/** Flips one bit in every `stride` bytes of a store's file, one at a time, and reads the records. */
export async function flipBits(file: string, records: readonly RunRecord[], stride: number): Promise<Flips> {
  const bytes = readFileSync(file);
  const flips: Flips = { said: 0, harmless: 0, wrong: [] };
  for (let at = 0; at < bytes.length; at += stride) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    writeFileSync(file, flipped);
    const what = await look(file, records).catch(() => 'said' as const);
    if (what === 'wrong') flips.wrong.push(`byte ${at}, bit ${at % 8}`);
    else flips[what]++;
  }
  return flips;
}

async function look(file: string, records: readonly RunRecord[]): Promise<'harmless' | 'wrong'> {
  const store = await openStore(file);
  try {
    const found = await store.records(records.map(({ key }) => key));
    return isDeepStrictEqual(found, records) ? 'harmless' : 'wrong';
  } finally {
    await store.close();
  }
}

/** Flips a bit of a key in the index of the keys. */
export function damageIndex(file: string, key: string): void {
  const database = openStoreFile(file);
  const { page_size: size } = database.prepare('pragma page_size').get() as { page_size: number };
  const { rootpage } = database
    .prepare("select rootpage from sqlite_schema where name = 'sqlite_autoindex_run_1'")
    .get() as { rootpage: number };
  database.close();
  const bytes = readFileSync(file);
  const start = (rootpage - 1) * size;
  const at = bytes.subarray(start, start + size).indexOf(key);
  bytes[start + at + key.length - 1]! ^= 1;
  writeFileSync(file, bytes);
}
