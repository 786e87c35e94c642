import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../store/write-whole.ts';
import { fillDisk } from './small-disk.ts';

/** Writes an old file again and a new file on a full disk. It sends the results to its parent. */
const [folder] = process.argv.slice(2) as [string];
const file = join(folder, 'table.md');
writeWhole(file, 'the first\n');
fillDisk(join(folder, 'filler'));
for (const name of ['table.md', 'new.md']) {
  try {
    writeWhole(join(folder, name), 'x'.repeat(10_000));
  } catch (error) {
    process.send!((error as Error).message);
  }
}
process.send!([readdirSync(folder).toSorted(), readFileSync(file, 'utf8')]);
process.disconnect?.();
