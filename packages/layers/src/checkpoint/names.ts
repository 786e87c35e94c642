import type { Checkpoint } from '@scalpel/core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Another name for each variable. */
export type Names = ReadonlyMap<string, string>;

/**
 * The name that `model.save` gives to each weight, by the name of its variable. The two differ where another
 * model of the page has a layer of the same name: TensorFlow.js then adds a number to the variable's name. If
 * a name occurs twice in one model, the later ones are numbered.
 */
export function savedNames(model: LayersModel): Names {
  const taken = new Map<string, number>();
  const names = new Map<string, string>();
  for (const weight of model.weights) {
    if (names.has(weight.name)) continue;
    const count = taken.get(weight.originalName) ?? 0;
    taken.set(weight.originalName, count + 1);
    names.set(weight.name, count === 0 ? weight.originalName : `${weight.originalName}#${count}`);
  }
  return names;
}

export function inverse(names: Names): Names {
  return new Map([...names].map(([from, to]) => [to, from]));
}

/** The checkpoint with other names for its variables. Names that are not in the map stay. */
export function renamed(checkpoint: Checkpoint, names: Names): Checkpoint {
  const other = (name: string) => names.get(name) ?? name;
  const keys = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [other(name), value]));
  // An accumulator's name begins with its variable's name. Several variables may match; the longest is the
  // right one.
  const longest = [...names.keys()].toSorted((a, b) => b.length - a.length);
  const accumulator = (name: string) => {
    const variable = longest.find((one) => name.startsWith(one));
    return variable === undefined ? name : other(variable) + name.slice(variable.length);
  };
  const { optimizer } = checkpoint;
  const lists = Object.entries(optimizer?.accumulators ?? {}).map(([field, list]) => [
    field,
    list.map(({ name, tensor }) => ({ name: accumulator(name), tensor })),
  ]);
  return {
    ...checkpoint,
    shared: checkpoint.shared?.map(other) ?? null,
    variables: keys(checkpoint.variables),
    state: keys(checkpoint.state),
    optimizer: optimizer && { ...optimizer, accumulators: Object.fromEntries(lists) },
  };
}
