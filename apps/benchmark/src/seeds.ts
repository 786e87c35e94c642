import { UsageError } from './errors.ts';

/**
 * Reads seeds: "5" means the seeds 0 to 4; "3,7" and "3," mean exactly the listed ones. Undefined stays
 * undefined and stands for the seeds of the suite.
 */
export function parseSeeds(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text
    .split(',')
    .map((part) => part.trim())
    .filter((part, index, all) => part !== '' || index < all.length - 1)
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  const count = text.includes(',') ? undefined : numbers[0];
  if (numbers.some(Number.isNaN) || count === 0) {
    throw new UsageError(`--seeds is "${text}". Give how many (5 means 0 to 4) or which (3,7).`);
  }
  if (count !== undefined) return Array.from({ length: count }, (_, seed) => seed);
  if (new Set(numbers).size < numbers.length) throw new UsageError(`--seeds ${text} names a seed twice.`);
  return numbers;
}
