import * as v from 'valibot';
import type { GradientCombiner, GramianCombiner, GramianStep } from '../combiner.ts';
import { checkOptions } from '../options.ts';
import { beyond } from '../protocol/answers.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { answerTo, ungrouped } from './inner.ts';

type By = 'length' | 'loss' | 'both';

const normalizedOptions = v.strictObject({ by: v.picklist(['length', 'loss', 'both']) });

/**
 * Shows normalised gradients to a combiner: g / ‖g‖ by `length`, g / L by `loss`, where L is the loss, and
 * g / (L ‖g‖) by `both`. The direction is a combination of these. Losses stay as they are.
 *
 * Remembered rows are made of normalised gradients, so they are left as the combiner made them. By `length`, a
 * zero gradient stays zero. By `loss`, losses must be positive, unless both loss and gradient are zero. Under
 * `perLayer`, lengths are those of the layer.
 */
export function normalized(combiner: GradientCombiner, options: { readonly by: By }): GramianCombiner {
  const { by } = checkOptions('normalized', normalizedOptions, options);
  const inner = ungrouped('normalized', combiner);
  return {
    ...inner,
    name: `normalized(${inner.name})`,
    combine(step) {
      const { unit = 1, rows } = step;
      const divisors = divisorsOf(inner, step, by);
      const shown = { ...step, ...normalizedRows(inner, step, divisors) };
      const answer = answerTo(inner, shown);
      const ofRows = (list: readonly number[]) =>
        list.map((c, row) => (row < rows.length ? divided(inner, c, divisors[row]!, unit) : c));
      return {
        ...answer,
        coefficients: ofRows(answer.coefficients),
        ...(answer.remember && { remember: answer.remember.map(ofRows) }),
      };
    },
  };
}

/** The coefficient of a gradient itself, which must not be lost. */
function divided(inner: GramianCombiner, c: number, divisor: number, unit: number): number {
  const quotient = c / divisor / unit;
  if (quotient === 0 && c !== 0 && Number.isFinite(divisor)) throw beyond(inner);
  return quotient;
}

/** The divisor of each gradient, in the unit of the step. Infinite for a zero gradient, which stays zero. */
function divisorsOf(inner: GramianCombiner, step: GramianStep, by: By): readonly number[] {
  const { gramian, rows, losses, unit = 1 } = step;
  return rows.map(({ objective }, row) => {
    const length = Math.sqrt(gramian.at(row, row));
    const loss = by === 'length' ? 1 : losses[row]!;
    if (!(loss > 0 || (loss === 0 && length === 0))) {
      throw new Error(
        `normalized(${inner.name}) by ${by}: the loss of "${objective}" is ${loss}, but must be > 0, because the gradient is divided by it. ` +
          "Add a constant to the loss that keeps it positive, or normalise by 'length'.",
      );
    }
    if (length === 0) return Number.POSITIVE_INFINITY;
    const divisor = by === 'loss' ? loss / unit : by === 'both' ? loss * length : length;
    if (divisor > 0 && Number.isFinite(divisor)) return divisor;
    throw beyond(inner);
  });
}

/** The inner products and distances of the normalised gradients and the remembered rows, and their unit. */
function normalizedRows(
  inner: GramianCombiner,
  { gramian, distances, rows, unit = 1 }: GramianStep,
  divisors: readonly number[],
): Pick<GramianStep, 'gramian' | 'distances' | 'unit'> {
  const lengths = Array.from({ length: gramian.size }, (_, row) => Math.sqrt(gramian.at(row, row)));
  const factors = lengths.map((_, row) => (row < rows.length ? 1 / divisors[row]! : unit));
  const longest = Math.max(...lengths.map((length, row) => length * factors[row]!));
  if (!Number.isFinite(longest)) throw beyond(inner);
  const next = longest === 0 || Math.abs(Math.log2(longest)) < 400 ? 1 : 2 ** Math.round(Math.log2(longest));
  const scales = factors.map((factor) => factor / next);
  return {
    gramian: SymmetricMatrix.from(gramian.size, (i, j) => gramian.at(i, j) * scales[i]! * scales[j]!),
    unit: next,
    ...(distances && { distances: scaledDistances(distances, lengths, scales) }),
  };
}

/** ‖a g − b h‖² = a b ‖g − h‖² + (a − b) (a ‖g‖² − b ‖h‖²), which is precise where the two are nearly equal. */
function scaledDistances(
  distances: SymmetricMatrix,
  lengths: readonly number[],
  scales: readonly number[],
): SymmetricMatrix {
  return SymmetricMatrix.from(distances.size, (i, j) => {
    const [a, b] = [scales[i]!, scales[j]!];
    const excess = (a - b) * (a * lengths[i]! ** 2 - b * lengths[j]! ** 2);
    return Math.max(0, a * b * distances.at(i, j) + excess);
  });
}
