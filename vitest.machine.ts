import { webgpuMissing } from './packages/backends/src/testing/driver.ts';
import { tensorflowMissing } from './packages/backends/src/testing/tensorflow.ts';
import { postgresMissing } from './packages/bench/src/testing/postgres.ts';
import { smallDisksMissing } from './packages/bench/src/testing/small-disk.ts';

/** Says once, when all tests have run, which of them this machine cannot run, and how to have them run. */
export default function setup(): () => Promise<void> {
  return async () => {
    const missing = [await webgpuMissing(), postgresMissing, smallDisksMissing, tensorflowMissing];
    for (const line of missing) if (line) console.warn(`Skipped tests: ${line}`);
  };
}
