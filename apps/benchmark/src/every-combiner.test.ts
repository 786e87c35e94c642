import { startWasm, startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeCombiners, variants } from './testing/every-combiner.ts';

// The packages of the methods already test training on the cpu backend.
describe('on wasm', () => describeCombiners(variants, startWasm));

// One combiner of each kind. All combiners are in a separate test that takes longer.
const kinds: readonly (readonly [string, object])[] = [
  ['mixed', {}],
  ['famo', {}],
  ['graddrop', {}],
  ['modo', {}],
  ['bloop', { update: 'before', initial: 'first', along: 'batch' }],
];
const missing = await webgpuMissing();
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeCombiners(kinds, startWebgpu));
