import type { BackendDefinition } from '@scalpel/core';
import { describeAdapter, findAdapter } from './adapter.ts';
import { NoWebgpu } from './gpu.ts';
import { startWebgpu } from './start.ts';

export const webgpu: BackendDefinition = {
  id: 'webgpu',
  title: 'WebGPU',
  summary: "Any GPU: through Dawn in Node (npm package 'webgpu'), through the browser in a page.",
  version: 1,
  probe: async () => {
    try {
      return { works: true, ...describeAdapter(await findAdapter()) };
    } catch (error) {
      if (error instanceof NoWebgpu) return { works: false, detail: error.reason, next: error.next };
      throw error;
    }
  },
  start: startWebgpu,
};
