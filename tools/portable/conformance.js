// The tests of a GPU: every combiner, every kind of layer, the kernels that training uses, and the passes over rows.
import '../../apps/benchmark/src/every-combiner-webgpu.long.test.ts';
import { webgpuMissing } from '../../packages/backends/src/testing/driver.ts';
import '../../packages/backends/src/webgpu/rows/rows.test.ts';
import '../../packages/backends/src/webgpu/kernels.test.ts';
import '../../packages/backends/src/webgpu/layers.test.ts';

// Tests that are skipped would pass.
const missing = await webgpuMissing();
if (missing) throw new Error(missing);
