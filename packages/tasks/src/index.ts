import { definePlugin, type Plugin } from '@scalpel/core';
import { cagradToyDefinition } from './analytic/cagrad-toy.ts';
import { convexQuadraticFormDefinition } from './analytic/convex-quadratic-form.ts';
import { elementwiseQuadraticDefinition } from './analytic/elementwise-quadratic.ts';
import { fonsecaFlemingDefinition } from './analytic/fonseca-fleming.ts';
import { quadraticsDefinition } from './analytic/quadratics.ts';
import { threeLevelsDefinition } from './analytic/three-levels.ts';
import { twoDimensionalDefinition } from './analytic/two-dimensional.ts';
import { languageModelDefinition } from './text/language-model.ts';
import { fashionAndDigitsDefinition } from './vision/fashion-and-digits.ts';
import { instanceWiseRiskDefinition } from './vision/instance-wise-risk.ts';
import { littleConflictDefinition } from './vision/little-conflict.ts';
import { mnistLevelsDefinition } from './vision/mnist-levels.ts';
import { smoothMnistDefinition } from './vision/smooth-mnist.ts';
import { twoDigitsDefinition } from './vision/two-digits.ts';
import { weightDecayDefinition } from './vision/weight-decay.ts';

export { type CagradToyOptions, cagradToy } from './analytic/cagrad-toy.ts';
export { type ConvexQuadraticFormOptions, convexQuadraticForm } from './analytic/convex-quadratic-form.ts';
export { type ElementwiseQuadraticOptions, elementwiseQuadratic } from './analytic/elementwise-quadratic.ts';
export { type FonsecaFlemingOptions, fonsecaFleming } from './analytic/fonseca-fleming.ts';
export { type QuadraticsOptions, quadratics } from './analytic/quadratics.ts';
export { type ThreeLevelsOptions, threeLevels } from './analytic/three-levels.ts';
export { type TwoDimensionalOptions, twoDimensional } from './analytic/two-dimensional.ts';
export { type LanguageModelOptions, languageModel } from './text/language-model.ts';
export { type FashionAndDigitsOptions, fashionAndDigits } from './vision/fashion-and-digits.ts';
export { type InstanceWiseRiskOptions, instanceWiseRisk } from './vision/instance-wise-risk.ts';
export { type LittleConflictOptions, littleConflict } from './vision/little-conflict.ts';
export { type MnistLevelsOptions, mnistLevels } from './vision/mnist-levels.ts';
export { type SmoothMnistOptions, smoothMnist } from './vision/smooth-mnist.ts';
export { type TwoDigitsOptions, twoDigits } from './vision/two-digits.ts';
export { type WeightDecayOptions, weightDecay } from './vision/weight-decay.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/tasks',
  tasks: [
    twoDimensionalDefinition,
    threeLevelsDefinition,
    elementwiseQuadraticDefinition,
    convexQuadraticFormDefinition,
    fonsecaFlemingDefinition,
    cagradToyDefinition,
    quadraticsDefinition,
    smoothMnistDefinition,
    languageModelDefinition,
    weightDecayDefinition,
    fashionAndDigitsDefinition,
    littleConflictDefinition,
    mnistLevelsDefinition,
    instanceWiseRiskDefinition,
    twoDigitsDefinition,
  ],
});
