import { definePlugin, type Plugin } from '@scalpel/core';
import { cpu } from './cpu.ts';
import { node, nodeGpu } from './node/definition.ts';
import { wasm } from './wasm/definition.ts';
import { webgpu } from './webgpu/definition.ts';

export { startCpu } from './cpu.ts';
export { startNode, startNodeGpu } from './node/definition.ts';
export { startWasm } from './wasm/start.ts';
export { startWebgpu } from './webgpu/start.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/backends',
  backends: [wasm, webgpu, nodeGpu, node, cpu],
});
