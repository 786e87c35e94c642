import { startWasm } from '@scalpel/backends';
import { train } from './train.ts';

await startWasm();
const { first, last } = await train(400, 10);
for (const [name, loss] of Object.entries(last))
  console.log(`${name}: from ${first[name]?.toFixed(4)} to ${loss?.toFixed(4)}`);
