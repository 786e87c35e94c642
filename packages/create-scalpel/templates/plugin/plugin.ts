import { definePlugin, type Plugin } from '@scalpel/core';
import { equalDefinition } from './equal.ts';
import { valleyDefinition } from './valley.ts';

/** `--plugin {{name}}` finds this by its name. */
export const plugin: Plugin = definePlugin({
  name: '{{name}}',
  combiners: [equalDefinition],
  tasks: [valleyDefinition],
});
