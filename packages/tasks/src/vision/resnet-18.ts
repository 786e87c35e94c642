import { add, mean, mul, relu, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { createVariable } from '../variables.ts';
import { type Convolution, convolutionsOf, convolve } from './convolution.ts';
import type { Network } from './network.ts';

/*
 * The ResNet of 18 layers for small pictures (He et al., arXiv 1512.03385, with activations first as in 1603.05027): a convolution 3 × 3, then four stages of
 * two blocks, each of the last three with half the resolution of the one before.
 *
 *   block(x) = shortcut(x) + α · convolution(relu(convolution(relu(x)))),      α = 0 at first
 *
 * There is no normalisation: the scalar α does what batch normalisation does for a deep residual network, which is to begin near the identity (SkipInit: De and
 * Smith, arXiv 2002.10444). So no example depends on the others of its batch, evaluation is the same function as training, and a step has no
 * passes over activations beside the convolutions.
 */

interface Block {
  readonly first: Convolution;
  readonly second: Convolution;
  readonly strength: ReturnType<typeof createStrength>;
  /** Where the shape changes: 1 × 1. */
  readonly shortcut: Convolution | null;
}

/** 11,162,888 parameters. Other widths of the four stages are for tests. */
export function createResnet18(
  owner: string,
  seed: number,
  widths: readonly number[] = [64, 128, 256, 512],
): Network {
  const convolution = convolutionsOf(owner, seed);
  const stem = convolution('stem', 3, 1, widths[0]!);
  const blocks = widths.flatMap((width, stage) =>
    [0, 1].map((place): Block => {
      const name = `stage${stage + 1}/block${place + 1}`;
      const inputs = place === 0 ? widths[Math.max(0, stage - 1)]! : width;
      const stride = place === 0 && stage > 0 ? 2 : 1;
      return {
        first: convolution(`${name}/first`, 3, inputs, width, stride),
        second: convolution(`${name}/second`, 3, width, width),
        strength: createStrength(`${owner}/${name}/strength`),
        shortcut: stride === 1 ? null : convolution(`${name}/shortcut`, 1, inputs, width, stride),
      };
    }),
  );
  return {
    variables: [
      ...parametersOf(stem),
      ...blocks.flatMap(({ first, second, strength, shortcut }) => [
        ...parametersOf(first),
        ...parametersOf(second),
        strength,
        ...(shortcut ? parametersOf(shortcut) : []),
      ]),
    ],
    width: widths.at(-1)!,
    features: (pictures) => mean<Tensor2D>(relu(blocks.reduce(applied, convolve(stem, pictures))), [1, 2]),
  };
}

function applied(x: Tensor4D, { first, second, strength, shortcut }: Block): Tensor4D {
  const active = relu(x);
  const branch = convolve(second, relu(convolve(first, active)));
  return add<Tensor4D>(shortcut ? convolve(shortcut, active) : x, mul(strength, branch));
}

function createStrength(name: string) {
  return createVariable(name, new Float32Array(1), []);
}

function parametersOf({ kernel, bias }: Convolution) {
  return [kernel, bias];
}
