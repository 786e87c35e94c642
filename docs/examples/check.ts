// What the current backend computes on this machine is compared with float64.
import '@tensorflow/tfjs';
import { checkBackend, startWasm } from '@scalpel/backends';

await startWasm();
const show = (part: number) => process.stderr.write(`\r${Math.round(100 * part)} %`);

const { passed, findings } = await checkBackend({ onProgress: ({ done, total }) => show(done / total) });
for (const { advice, report } of findings) console.warn(report, advice);

console.log(passed ? 'right' : `wrong in ${findings.length} places`);
