import {
  AdamOptimizer,
  engine,
  getBackend,
  getKernel,
  mul,
  type Tensor,
  tidy,
  util,
  type Variable,
} from '@tensorflow/tfjs-core';
import { AdamStep, type AdamStepAttributes } from './kernels/adam-step.ts';

/** The state of `tf.train.adam`, with the names of tfjs 4.22. */
interface AdamState {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** β₁ᵗ and β₂ᵗ of this step. */
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: readonly ({ readonly variable: Variable } | undefined)[];
  readonly accumulatedSecondMoment: readonly ({ readonly variable: Variable } | undefined)[];
  incrementIterations(): void;
}

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];

const stock = AdamOptimizer.prototype.applyGradients;

/**
 * Makes every `tf.train.adam` update each variable in one pass instead of fourteen, if the backend has the
 * kernel for it. The pass works on the optimizer's own tensors and gives the same bits. So it may start or
 * stop being used in the middle of a training, and checkpoints do not change.
 */
export function fuseAdam(): void {
  AdamOptimizer.prototype.applyGradients = function (gradients): void {
    const state = this as unknown as AdamState;
    const steps = getKernel(AdamStep, getBackend()) === undefined ? null : stepsOf(state, gradients);
    if (steps === null) stock.call(this, gradients);
    else apply(state, steps);
  };
}

interface Step {
  readonly value: Variable;
  readonly firstMoment: Variable;
  readonly secondMoment: Variable;
  readonly gradient: Tensor;
}

/** Null if the step has other work too: the first step creates the moments. */
function stepsOf(state: AdamState, gradients: Gradients): Step[] | null {
  const named: readonly (readonly [string, Tensor | null])[] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  const steps: Step[] = [];
  for (const [i, [name, gradient]] of named.entries()) {
    const value = engine().registeredVariables[name];
    const firstMoment = state.accumulatedFirstMoment[i]?.variable;
    const secondMoment = state.accumulatedSecondMoment[i]?.variable;
    if (!value || !firstMoment || !secondMoment) return null;
    if (!gradient) continue;
    const tensors = [value, firstMoment, secondMoment, gradient];
    if (tensors.some(({ dtype, shape }) => dtype !== 'float32' || !util.arraysEqual(shape, value.shape)))
      return null;
    steps.push({ value, firstMoment, secondMoment, gradient });
  }
  return steps;
}

function apply(state: AdamState, steps: readonly Step[]): void {
  tidy(() => {
    const { beta1, beta2, epsilon, learningRate, accBeta1, accBeta2 } = state;
    const attributes: AdamStepAttributes = {
      beta1,
      beta2,
      epsilon,
      learningRate,
      correction1: 1 - accBeta1.dataSync()[0]!,
      correction2: 1 - accBeta2.dataSync()[0]!,
    };
    for (const { value, firstMoment, secondMoment, gradient } of steps) {
      const inputs = { value, firstMoment, secondMoment, gradient };
      const after = engine().runKernel(AdamStep, inputs, { ...attributes }) as Tensor[];
      [value, firstMoment, secondMoment].forEach((variable, i) => {
        variable.assign(after[i]!);
      });
    }
    accBeta1.assign(mul(accBeta1, beta1));
    accBeta2.assign(mul(accBeta2, beta2));
  });
  state.incrementIterations();
}
