import { startWasm, startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { describe } from 'vitest';
import { describeCombiners, variants } from './testing/every-combiner.ts';

// On the cpu backend the packages of the methods train them.
describe('on wasm', () => describeCombiners(variants, startWasm));

// One of each kind: the others have a test of their own that takes longer.
const kinds: readonly (readonly [string, object])[] = [
  ['mixed', {}],
  ['famo', {}],
  ['graddrop', {}],
  ['modo', {}],
  ['bloop', { update: 'before', initial: 'first', along: 'batch' }],
];
const missing = await webgpuMissing();
describe.skipIf(missing)(missing ?? 'on WebGPU', () => describeCombiners(kinds, startWebgpu));
