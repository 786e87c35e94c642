import { definePlugin, type Plugin } from '@scalpel/core';
import { quadraticsDefinition } from './analytic/quadratics.ts';
import { threeLevelsDefinition } from './analytic/three-levels.ts';
import { twoDimensionalDefinition } from './analytic/two-dimensional.ts';
import { smoothMnistDefinition } from './vision/smooth-mnist.ts';

export { type QuadraticsOptions, quadratics } from './analytic/quadratics.ts';
export { type ThreeLevelsOptions, threeLevels } from './analytic/three-levels.ts';
export { type TwoDimensionalOptions, twoDimensional } from './analytic/two-dimensional.ts';
export { type SmoothMnistOptions, smoothMnist } from './vision/smooth-mnist.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/tasks',
  tasks: [twoDimensionalDefinition, threeLevelsDefinition, quadraticsDefinition, smoothMnistDefinition],
});
