import type { BackendDefinition } from '@scalpel/core';
import { cpu } from './cpu.ts';
import { node, nodeGpu } from './node/definition.ts';
import { wasm } from './wasm/definition.ts';
import { webgl } from './webgl.ts';
import { webgpu } from './webgpu/definition.ts';

/** Every backend of this package. */
export const backends: readonly BackendDefinition[] = [wasm, webgpu, nodeGpu, node, webgl, cpu];
