import type { FileTensor } from './safetensors.ts';

/** Values that JSON cannot keep, by the text that stands for each. */
const SPECIAL: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
  ['undefined', undefined],
]);

/**
 * Plain data as JSON. Each tensor in it is added to `tensors` under its path, such as
 * "variables/dense/kernel".
 */
export function taken(data: unknown, tensors: Map<string, FileTensor>): string {
  const without = (value: unknown, path: string): unknown => {
    for (const [text, special] of SPECIAL) if (Object.is(value, special)) return { $value: text };
    if (typeof value !== 'object' || value === null) return value;
    if (isTensor(value)) return { $tensor: added(value, path) };
    if (Array.isArray(value)) return value.map((item, index) => without(item, `${path}/${index}`));
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      without(item, path === '' ? key : `${path}/${key}`),
    ]);
    return Object.fromEntries(entries);
  };
  // Two paths can be equal where a key has a slash in it.
  const added = (tensor: FileTensor, path: string): string => {
    if (tensors.has(path)) return added(tensor, `${path}'`);
    tensors.set(path, tensor);
    return path;
  };
  return JSON.stringify(without(data, ''));
}

/** The data that `taken` turned into JSON. */
export function putBack(json: string, tensors: ReadonlyMap<string, FileTensor>): unknown {
  const within = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(within);
    const { $tensor, $value } = value as { readonly $tensor?: string; readonly $value?: string };
    if ($tensor !== undefined) return tensors.get($tensor);
    if ($value !== undefined) return SPECIAL.get($value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, within(item)]));
  };
  return within(JSON.parse(json));
}

function isTensor(value: object): value is FileTensor {
  const { shape, values } = value as Partial<FileTensor>;
  return Array.isArray(shape) && values instanceof Float32Array;
}
