import * as tf from '@tensorflow/tfjs-core';
import { taken } from '../rows/by-operations.ts';
import { NonFiniteRow } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tidied.ts';
import { tensorsOf } from './gradients.ts';
import { largest, scaled } from './scales.ts';
import { type Block, type Tables, tables } from './tables.ts';

/** Outside this range of squared lengths, float32 squares lose digits. Such rows are rescaled. */
const SAFE_SQUARE = { least: 1e-20, most: 1e36 };

/**
 * The inner products of all rows, variable by variable, and the elements of the losses.
 * @throws NonFiniteRow
 */
export async function gramians(blocks: readonly Block[], losses: readonly tf.Tensor[]): Promise<Tables> {
  const variables = blocks[0]!.gradients.map((_, variable) => variable);
  const found = await tables(blocks, losses, variables);
  const unsafe = variables.filter((v) => !isSafe(found.byVariable[v]!, blocks, v));
  if (unsafe.length === 0) return found;
  const again = await rescaled(blocks, unsafe, found.values);
  const byVariable = [...found.byVariable];
  for (const [index, v] of unsafe.entries()) byVariable[v] = again[index]!;
  return { ...found, byVariable };
}

function isSafe(gramian: SymmetricMatrix, blocks: readonly Block[], variable: number): boolean {
  return blocks.every(({ first, count, gradients }) => {
    if (!gradients[variable]) return true;
    for (let row = first; row < first + count; row++) {
      const square = gramian.at(row, row);
      if (!(square >= SAFE_SQUARE.least && square <= SAFE_SQUARE.most)) return false;
    }
    return true;
  });
}

/**
 * The same for rows that are scaled by powers of two, so that their largest elements are near 1. This is
 * exact. The scaling is undone in float64.
 */
async function rescaled(
  blocks: readonly Block[],
  variables: readonly number[],
  values: readonly number[],
): Promise<readonly SymmetricMatrix[]> {
  const packed = tf.tidy(() => {
    const parts = variables.flatMap((v) =>
      blocks.flatMap(({ gradients }) => (gradients[v] ? largest(gradients[v]) : [])),
    );
    return tf.concat(parts.map((part) => tf.reshape(part, [part.size])));
  });
  const all = await taken(packed);
  let position = 0;
  const exponents = variables.map(() => [] as number[]);
  const made = tidied(() =>
    blocks.map((block) => ({ ...block, gradients: [...block.gradients] as Block['gradients'][number][] })),
  );
  try {
    for (const [index, v] of variables.entries()) {
      for (const { first, count, gradients } of made) {
        const one = gradients[v];
        if (!one) continue;
        const factors = tensorsOf(one).map(() =>
          Array.from({ length: count }, (_, example) => {
            const magnitude = all[position++]!;
            if (!Number.isFinite(magnitude)) throw new NonFiniteRow(first + example, v, values);
            return magnitude === 0 ? 0 : Math.max(-126, Math.min(126, Math.floor(Math.log2(magnitude))));
          }),
        );
        for (let example = 0; example < count; example++)
          exponents[index]![first + example] = factors.reduce((sum, own) => sum + own[example]!, 0);
        gradients[v] = tidied(() =>
          scaled(
            one,
            factors.map((own) => own.map((e) => 2 ** -e)),
          ),
        );
      }
    }
    const { byVariable } = await tables(made, [], variables);
    return byVariable.map((gramian, index) =>
      SymmetricMatrix.from(gramian.size, (i, j) => {
        return gramian.at(i, j) * 2 ** ((exponents[index]![i] ?? 0) + (exponents[index]![j] ?? 0));
      }),
    );
  } finally {
    for (const [b, { gradients }] of made.entries()) {
      for (const [v, one] of gradients.entries())
        if (one && one !== blocks[b]!.gradients[v]) tf.dispose(tensorsOf(one));
    }
  }
}
