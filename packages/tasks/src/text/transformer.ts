import {
  add,
  gather,
  linalg,
  matMul,
  mul,
  ones,
  type Rank,
  relu,
  reshape,
  softmax,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
  transpose,
  unstack,
  type Variable,
} from '@tensorflow/tfjs-core';
import { normals, STREAM } from '../random.ts';
import { createVariable } from '../variables.ts';
import { layerNorm } from './layer-norm.ts';

/** The number of bytes. Each has a row of the embedding and a logit. */
const BYTES = 256;
/** Added to scores that must not count: their share after the softmax is 0. */
const HIDDEN = -1e9;

export interface TransformerShape {
  readonly layers: number;
  readonly heads: number;
  /** Size of the embedding and of everything that is added to it. It must be a multiple of `heads`. */
  readonly width: number;
  readonly feedForward: number;
  /** The largest number of bytes in a window. */
  readonly context: number;
}

export interface Transformer {
  readonly variables: readonly Variable[];
  /** From bytes [windows, context], int32, to the logits of the byte after each: [windows · context, 256]. */
  logits(bytes: Tensor2D): Tensor2D;
  dispose(): void;
}

interface Block {
  /** [width, 3 · width] */
  readonly queriesKeysValues: Variable<Rank.R2>;
  /** [width, width] */
  readonly mix: Variable<Rank.R2>;
  /** [width, feedForward] */
  readonly widen: Variable<Rank.R2>;
  /** [feedForward, width] */
  readonly narrow: Variable<Rank.R2>;
}

/**
 * A decoder-only transformer over bytes, with the normalisation before each part of a block (Vaswani et al.,
 * arXiv 1706.03762; Xiong et al., arXiv 2002.04745):
 *
 *   x = embedding[bytes] + positions;      x ← x + attention(norm x),  x ← x + relu(norm x · widen) · narrow  in every block;      logits = norm x · head
 *
 * Positions are learned. The head is a separate matrix, not the embedding (untied). There are no biases, and
 * the norms have no gain. Kernels start at N(0, 1 / inputs). Kernels whose output is added to x start smaller
 * by √(2 · layers) (Radford et al. 2019). The embedding and the positions start at N(0, 1 / width).
 */
export function createTransformer(owner: string, shape: TransformerShape, seed: number): Transformer {
  const { layers, heads, width, feedForward, context } = shape;
  const variables: Variable[] = [];
  const create = (name: string, rows: number, columns: number, deviation: number): Variable<Rank.R2> => {
    const values = normals(rows * columns, deviation, seed, STREAM.weights, variables.length);
    const created = createVariable<Rank.R2>(`${owner}/${name}`, values, [rows, columns]);
    variables.push(created);
    return created;
  };
  const adding = 1 / Math.sqrt(2 * layers);
  const embedding = create('embedding', BYTES, width, width ** -0.5);
  const positions = create('positions', context, width, width ** -0.5);
  const blocks = Array.from({ length: layers }, (_, index): Block => {
    const name = `block${index + 1}`;
    return {
      queriesKeysValues: create(`${name}/queries-keys-values`, width, 3 * width, width ** -0.5),
      mix: create(`${name}/mix`, width, width, adding * width ** -0.5),
      widen: create(`${name}/widen`, width, feedForward, width ** -0.5),
      narrow: create(`${name}/narrow`, feedForward, width, adding * feedForward ** -0.5),
    };
  });
  const head = create('head', width, BYTES, width ** -0.5);
  const future = tidy(() => mul(sub(1, linalg.bandPart(ones([context, context]), -1, 0)), HIDDEN));

  const attention = (x: Tensor2D, { queriesKeysValues, mix }: Block): Tensor2D => {
    const [rows] = x.shape;
    const ofHead = width / heads;
    const together = reshape(matMul(x, queriesKeysValues), [rows / context, context, 3, heads, ofHead]);
    // Each tensor is [windows, heads, context, ofHead].
    const [queries, keys, values] = unstack(transpose(together, [2, 0, 3, 1, 4])) as [
      Tensor4D,
      Tensor4D,
      Tensor4D,
    ];
    const scores = matMul(mul(queries, ofHead ** -0.5), keys, false, true);
    const seen = matMul(softmax(add(scores, future)), values);
    return matMul(reshape(transpose(seen, [0, 2, 1, 3]), [rows, width]), mix);
  };

  return {
    variables,
    logits: (bytes) => {
      const [windows] = bytes.shape;
      const start: Tensor = add(gather(embedding, bytes), positions);
      const end = blocks.reduce(
        (x, block) => {
          const attended = add<Tensor2D>(x, attention(layerNorm(x), block));
          return add(attended, matMul(relu(matMul(layerNorm(attended), block.widen)), block.narrow));
        },
        reshape<Rank.R2>(start, [windows * context, width]),
      );
      return matMul(layerNorm(end), head);
    },
    dispose: () => {
      for (const variable of variables) variable.dispose();
      future.dispose();
    },
  };
}
