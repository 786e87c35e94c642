import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { RunRecord } from '../record.ts';
import { openStore } from '../store.ts';

/** What became of a store of which one bit was flipped. */
export interface Flips {
  /** It was said. */
  said: number;
  /** All records were as before. */
  harmless: number;
  /** Some run has no record any more, and would be made again. */
  missing: number;
  /** The rest, by the places of their bits. */
  readonly wrong: string[];
}

/** Flips a bit in every so many bytes of a store's file, one at a time, and reads the records. */
export async function flipBits(file: string, records: readonly RunRecord[], stride: number): Promise<Flips> {
  const bytes = readFileSync(file);
  const flips: Flips = { said: 0, harmless: 0, missing: 0, wrong: [] };
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

async function look(
  file: string,
  records: readonly RunRecord[],
): Promise<'said' | 'harmless' | 'missing' | 'wrong'> {
  const store = await openStore(file);
  try {
    const found = await store.records(records.map(({ key }) => key));
    if (isDeepStrictEqual(found, records)) return 'harmless';
    const there = new Map(found.map((record) => [record.key, record]));
    const missing = records.filter(({ key }) => !there.has(key));
    if (
      !isDeepStrictEqual(
        found,
        records.filter(({ key }) => there.has(key)),
      )
    )
      return 'wrong';
    for (const record of missing) if ((await store.claim(record)) === 'ended') return 'wrong';
    return 'missing';
  } finally {
    await store.close();
  }
}
