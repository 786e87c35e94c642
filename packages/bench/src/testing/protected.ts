import { join } from 'node:path';
import { writeWhole } from '../store/write-whole.ts';

/** Writes a file in a folder without write permission. It sends the result to its parent. */
const [folder] = process.argv.slice(2) as [string];
try {
  writeWhole(join(folder, 'table.md'), 'text');
} catch (error) {
  process.send!((error as Error).message);
}
process.disconnect?.();
