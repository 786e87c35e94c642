import { join } from 'node:path';
import { writeWhole } from '../store/write-whole.ts';

/** Writes a file where nothing may be written. Tells its parent what comes of it. */
const [folder] = process.argv.slice(2) as [string];
try {
  writeWhole(join(folder, 'table.md'), 'text');
} catch (error) {
  process.send!((error as Error).message);
}
process.disconnect?.();
