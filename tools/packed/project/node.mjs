// By `import`: every door of the packages opens, and a model trains.
import { startWasm } from '@scalpel/backends';
import { train } from './train.js';

for (const door of process.argv.slice(2)) await import(door);
await startWasm();
const { first, last } = await train(20);
if (!(last < first)) throw new Error(`the loss went from ${first} to ${last}`);
console.log(`${process.version}: by import, from ${first.toFixed(3)} to ${last.toFixed(3)}`);
