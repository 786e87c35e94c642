import * as tf from '@tensorflow/tfjs-core';
import type { Draw, Kernels } from './draw.ts';

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

interface Product {
  readonly a: number[];
  readonly b: number[];
  readonly columns: number;
  readonly transposed: [boolean, boolean];
}

function product(draw: Draw, mostBatches = 3): Product {
  const [batchOfA, batchOfB] = draw
    .broadcast(mostBatches)
    .map((shape) => shape.map((length) => Math.min(length, 3)));
  const [rows, inner, columns] = [0, 1, 2].map(() => (draw.chance(0.03) ? 0 : draw.length())) as [
    number,
    number,
    number,
  ];
  const transposed: [boolean, boolean] = [draw.chance(), draw.chance()];
  return {
    a: [...batchOfA!, ...(transposed[0] ? [inner, rows] : [rows, inner])],
    b: [...batchOfB!, ...(transposed[1] ? [columns, inner] : [inner, columns])],
    columns,
    transposed,
  };
}

export const products: Kernels = {
  BatchMatMul: (draw) => {
    const { a, b, transposed } = product(draw);
    const dtype = draw.chance(0.9) ? 'float32' : 'int32';
    return {
      inputs: [draw.tensor(a, dtype), draw.tensor(b, dtype)],
      compute: (a, b) => tf.matMul(a!, b!, ...transposed),
      options: { transposed },
    };
  },
  _FusedMatMul: (draw) => {
    const { a, b, columns, transposed } = product(draw, 0);
    const activation = draw.pick(ACTIVATIONS);
    const bias = draw.chance() ? [draw.tensor(draw.chance() ? [columns] : [1, columns])] : [];
    const slopes = activation === 'prelu' ? [draw.tensor([columns])] : [];
    return {
      inputs: [draw.tensor(a), draw.tensor(b), ...bias, ...slopes],
      compute: (a, b, ...rest) =>
        tf.fused.matMul({
          a: a!,
          b: b!,
          transposeA: transposed[0],
          transposeB: transposed[1],
          activation: activation as 'linear',
          ...(bias.length > 0 ? { bias: rest.shift()! } : {}),
          ...(slopes.length > 0 ? { preluActivationWeights: rest.shift()! } : {}),
          leakyreluAlpha: 0.3,
        }),
      options: { transposed, activation },
    };
  },
  Dot: (draw) => {
    const length = draw.length();
    return { inputs: [draw.tensor([length]), draw.tensor([length])], compute: (a, b) => tf.dot(a!, b!) };
  },
  Einsum: (draw) => {
    const sizes = new Map([...'bijk'].map((letter) => [letter, draw.length()]));
    const shape = (letters: string): number[] =>
      [...letters].map((letter) => Math.min(9, sizes.get(letter)!));
    const equation = draw.pick([
      'ij,jk->ik',
      'bij,bjk->bik',
      'ij->ji',
      'ij->i',
      'ij->',
      'bij,ij->b',
      'i,j->ij',
      'ij,ij->j',
      'bij,bkj->bik',
    ]);
    const inputs = equation
      .split('->')[0]!
      .split(',')
      .map((letters) => draw.tensor(shape(letters)));
    return { inputs, compute: (...inputs) => tf.einsum(equation, ...inputs), options: { equation } };
  },
};
