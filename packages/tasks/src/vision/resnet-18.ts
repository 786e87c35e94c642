import { add, mean, relu, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { type Convolution, convolutionsOf, convolve } from './convolution.ts';
import { createGroupNorm, type GroupNorm, groupNorm } from './group-norm.ts';
import type { Network } from './network.ts';

/*
 * The ResNet of 18 layers for small pictures (He et al., arXiv 1512.03385, with activations first as in
 * 1603.05027). It has a convolution 3 × 3 and then four stages of two blocks. Each of the last three stages
 * has half the resolution of the one before.
 *
 *   a = relu(norm(x)),      block(x) = shortcut + convolution(relu(norm(convolution(a)))),      shortcut = x, or a convolution 1 × 1 of a where the shape changes
 *
 * The norm is over all values of an example (group normalisation with one group: Wu and He, arXiv
 * 1803.08494). So no example depends on the others of its batch, and evaluation is the same function as
 * training. Without a norm, with residual branches that begin at 0 (SkipInit), training diverged at the
 * task's rate of 0.1.
 */

interface Block {
  readonly before: GroupNorm;
  readonly first: Convolution;
  readonly between: GroupNorm;
  readonly second: Convolution;
  readonly shortcut: Convolution | null;
}

/** The network, with 11,170,688 parameters. Tests use other widths of the four stages. */
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
        before: createGroupNorm(`${owner}/${name}/before`, inputs),
        first: convolution(`${name}/first`, 3, inputs, width, stride),
        between: createGroupNorm(`${owner}/${name}/between`, width),
        second: convolution(`${name}/second`, 3, width, width),
        shortcut: stride === 1 ? null : convolution(`${name}/shortcut`, 1, inputs, width, stride),
      };
    }),
  );
  const last = createGroupNorm(`${owner}/last`, widths.at(-1)!);
  return {
    variables: [
      ...ofConvolution(stem),
      ...blocks.flatMap(({ before, first, between, second, shortcut }) => [
        ...ofNorm(before),
        ...ofConvolution(first),
        ...ofNorm(between),
        ...ofConvolution(second),
        ...(shortcut ? ofConvolution(shortcut) : []),
      ]),
      ...ofNorm(last),
    ],
    width: widths.at(-1)!,
    features: (pictures) => {
      const top = blocks.reduce(applied, convolve(stem, pictures));
      return mean<Tensor2D>(relu(groupNorm(last, top)), [1, 2]);
    },
  };
}

function applied(x: Tensor4D, { before, first, between, second, shortcut }: Block): Tensor4D {
  const active = relu(groupNorm(before, x));
  const branch = convolve(second, relu(groupNorm(between, convolve(first, active))));
  return add<Tensor4D>(shortcut ? convolve(shortcut, active) : x, branch);
}

function ofConvolution({ kernel, bias }: Convolution) {
  return [kernel, bias];
}

function ofNorm({ gain, offset }: GroupNorm) {
  return [gain, offset];
}
