import {
  add,
  div,
  engine,
  maximum,
  mul,
  RMSPropOptimizer,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';

interface Kept {
  readonly originalName: string;
  readonly variable: Variable;
}

/** The state of `tf.train.rmsprop`, with the names of tfjs 4.22. */
interface State {
  readonly centered: boolean;
  readonly learningRate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly accumulatedMeanSquares: Kept[];
  readonly accumulatedMoments: Kept[];
  readonly accumulatedMeanGrads: Kept[];
  incrementIterations(): void;
}

type Gradients = Parameters<RMSPropOptimizer['applyGradients']>[0];

const stock = RMSPropOptimizer.prototype.applyGradients;

/**
 * With `centered`, the stock optimizer subtracts epsilon from the variance of the gradients instead of adding
 * it. If a gradient is zero or small, it takes the root of a negative number, and the weight is NaN from then
 * on.
 */
export function correctCenteredRmsprop(): void {
  RMSPropOptimizer.prototype.applyGradients = function (gradients): void {
    const state = this as unknown as State;
    if (!state.centered) {
      stock.call(this, gradients);
      return;
    }
    tidy(() => applyCentered(state, gradients));
    state.incrementIterations();
  };
}

function applyCentered(state: State, gradients: Gradients): void {
  const named: (readonly [string, Tensor | null])[] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(gradients);
  const { decay, epsilon, learningRate, momentum } = state;
  for (const [i, [name, gradient]] of named.entries()) {
    const value = engine().registeredVariables[name]!;
    const keptIn = (all: Kept[], end: string): Variable => {
      all[i] ??= { originalName: `${name}/${end}`, variable: variable(zerosLike(value), false) };
      return all[i].variable;
    };
    const squares = keptIn(state.accumulatedMeanSquares, 'rms');
    const moments = keptIn(state.accumulatedMoments, 'momentum');
    const means = keptIn(state.accumulatedMeanGrads, 'mg');
    if (gradient == null) continue;
    squares.assign(add(mul(squares, decay), mul(square(gradient), 1 - decay)));
    means.assign(add(mul(means, decay), mul(gradient, 1 - decay)));
    // The variance of equal gradients is zero, but rounding can make it negative.
    const variance = maximum(sub(squares, square(means)), 0);
    const step = div(mul(gradient, learningRate), sqrt(add(variance, epsilon)));
    moments.assign(add(mul(moments, momentum), step));
    value.assign(sub(value, moments));
  }
}
