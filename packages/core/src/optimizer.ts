import * as tf from '@tensorflow/tfjs-core';
import { described } from './described.ts';
import { type Held, holdVariables } from './held.ts';
import { checkAlike, damaged, type SavedTensor, saveTensor, tensorOf } from './saved-tensor.ts';
import { isRate } from './schedule.ts';

/** What a `tf.train` optimizer carries from step to step, to the last bit. */
export interface OptimizerState {
  readonly iterations: number;
  /** Scalars such as Adam's powers of β, by field. TensorFlow.js's own `setWeights` recomputes them, which is not the same bits. */
  readonly scalars: Readonly<Record<string, SavedTensor>>;
  /** Lists of one accumulator per variable, of its shape, by field; empty before the first step. */
  readonly accumulators: Readonly<
    Record<string, readonly { readonly name: string; readonly tensor: SavedTensor }[]>
  >;
}

interface Accumulator {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** TensorFlow.js optimizers have no common way to set the rate: SGD and momentum hold it in a tensor, the others in a number. */
export function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  const target = optimizer as unknown as { learningRate?: number; setLearningRate?: (rate: number) => void };
  if (target.setLearningRate) target.setLearningRate(rate);
  else target.learningRate = rate;
}

/** Throws if a schedule could not set the rate of this optimizer. */
export function checkHasLearningRate(optimizer: tf.Optimizer): void {
  if (!('learningRate' in optimizer) && !('setLearningRate' in optimizer)) {
    throw new Error(
      `The optimizer ${optimizer.getClassName()} has no learning rate to schedule. Leave out \`schedule\`, or use one of tf.train.*.`,
    );
  }
}

/** Throws if the rate is one that makes weights that are not finite, or goes uphill; `where` says who looks. */
export function checkLearningRate(where: string, optimizer: tf.Optimizer): void {
  if (!('learningRate' in optimizer)) return;
  const rate: unknown = optimizer.learningRate;
  if (isRate(rate)) return;
  throw new Error(
    `${where}: the learning rate of the optimizer ${optimizer.getClassName()} is ${described(rate)}, but must be a finite number >= 0. ` +
      'Give it one, as in tf.train.sgd(0.1).',
  );
}

export async function saveOptimizer(optimizer: tf.Optimizer): Promise<OptimizerState> {
  const scalars: Record<string, SavedTensor> = {};
  const accumulators: Record<string, { name: string; tensor: SavedTensor }[]> = {};
  for (const [field, value] of fieldsInUse(optimizer)) {
    if (!Array.isArray(value)) {
      scalars[field] = await saveTensor(value);
      continue;
    }
    accumulators[field] = [];
    for (const { originalName, variable } of value) {
      accumulators[field].push({ name: originalName, tensor: await saveTensor(variable) });
    }
  }
  return { iterations: optimizer.iterations, scalars, accumulators };
}

/** Throws unless the state is that of this kind of optimizer, for these variables. */
export function checkOptimizerState(
  optimizer: tf.Optimizer,
  { iterations, scalars, accumulators }: OptimizerState,
  variables: readonly tf.Variable[],
): void {
  const fields = fieldsInUse(optimizer).map(([field]) => field);
  const saved = [...Object.keys(scalars), ...Object.keys(accumulators)];
  if (fields.sort().join() !== saved.sort().join()) {
    throw new Error(
      `The checkpoint's optimizer kept [${saved}], but ${optimizer.getClassName()} keeps [${fields}]. ` +
        'Create the trainer with the kind of optimizer that the checkpoint was made with.',
    );
  }
  const byName = inOrder(variables);
  for (const [field, list] of Object.entries(accumulators)) {
    const where = `optimizer.accumulators.${field}`;
    if (list.length === 0) {
      if (iterations === 0 || isNeverFilled(optimizer, field)) continue;
      throw damaged(`${where} is empty after ${iterations} iterations`);
    }
    const tensors = list.map(({ tensor }) => tensor);
    checkAlike(where, byName, tensors);
    for (const [index, { name }] of list.entries()) {
      if (isOf(name, byName[index])) continue;
      throw damaged(`${where}.${index}.name is "${name}" where "${byName[index]!.name}" is trained`);
    }
  }
  for (const [field, { shape }] of Object.entries(scalars)) {
    const own = (optimizer as unknown as Record<string, unknown>)[field];
    if (own instanceof tf.Variable && tf.util.arraysEqual([...shape], own.shape)) continue;
    throw damaged(`optimizer.scalars.${field} has shape [${shape}]`);
  }
}

/** Makes the tensors, and then answers with what adopts them, which cannot fail. In a tidy of the caller. */
export function optimizerOf(optimizer: tf.Optimizer, state: OptimizerState): () => void {
  const scalars = Object.entries(state.scalars).map(([field, saved]) => [field, tensorOf(saved)] as const);
  const accumulators = Object.entries(state.accumulators).map(
    ([field, list]) => [field, list.map(({ name, tensor }) => ({ name, tensor: tensorOf(tensor) }))] as const,
  );
  const fields = optimizer as unknown as Record<string, unknown>;
  return () => {
    fields.iterations_ = state.iterations;
    for (const [field, tensor] of scalars) (fields[field] as tf.Variable).assign(tensor);
    for (const [field, list] of accumulators) {
      tf.dispose((fields[field] as Accumulator[]).map(({ variable }) => variable));
      fields[field] = list.map(
        ({ name, tensor }): Accumulator => ({ originalName: name, variable: tf.variable(tensor, false) }),
      );
    }
  };
}

/** The accumulators, learning rate and counts of an optimizer. Throws if it has been disposed of, or if its accumulators are those of other variables. */
export function holdOptimizer(optimizer: tf.Optimizer, trained: readonly tf.Variable[]): Held {
  const before = fieldsInUse(optimizer);
  checkTrained(before, inOrder(trained));
  const lists = before.flatMap(([field, list]) =>
    Array.isArray(list) ? [{ field, list, items: [...list] }] : [],
  );
  const variables = variablesIn(before);
  const values = holdVariables(variables);
  const numbers = Object.entries(optimizer).filter(([, value]) => typeof value === 'number');
  return {
    restore() {
      const fields = optimizer as unknown as Record<string, unknown>;
      const rate = fields.learningRate;
      Object.assign(optimizer, Object.fromEntries(numbers));
      if (rate !== fields.learningRate) setLearningRate(optimizer, fields.learningRate as number);
      tf.dispose(variablesIn(fieldsOf(optimizer)).filter((variable) => !variables.includes(variable)));
      for (const { field, list, items } of lists) {
        list.splice(0, list.length, ...items);
        fields[field] = list;
      }
      values.restore();
    },
    release: values.release,
  };
}

/** As TensorFlow.js keeps accumulators: in the order of an object's keys, in which names that are numbers come first. */
function inOrder(variables: readonly tf.Variable[]): readonly tf.Variable[] {
  return Object.values(Object.fromEntries(variables.map((variable) => [variable.name, variable])));
}

/** Accumulators go by position: those of other variables would be taken for those of these. */
function checkTrained(fields: readonly Field[], variables: readonly tf.Variable[]): void {
  for (const [, list] of fields) {
    if (!Array.isArray(list)) continue;
    for (const [index, { originalName = '' }] of list.entries()) {
      if (isOf(originalName, variables[index])) continue;
      const name = variables[index]?.name;
      throw new Error(
        `The optimizer has trained other variables: it keeps "${originalName}" where ${name === undefined ? 'nothing' : `"${name}"`} is trained now. Give each trainer an optimizer of its own.`,
      );
    }
  }
}

/** Whether an accumulator of this name is a variable's. */
function isOf(originalName: string, variable: tf.Variable | undefined): boolean {
  return variable !== undefined && originalName.startsWith(variable.name);
}

/** RMSProp has a list for its centred form, which stays empty in the other. */
function isNeverFilled(optimizer: tf.Optimizer, field: string): boolean {
  return field === 'accumulatedMeanGrads' && 'centered' in optimizer && !optimizer.centered;
}

type Field = readonly [name: string, value: tf.Variable | Accumulator[]];

/** What it carries in variables, one by one and in lists. */
function fieldsOf(optimizer: tf.Optimizer): Field[] {
  return Object.entries(optimizer).filter(
    ([, value]) => value instanceof tf.Variable || isAccumulators(value),
  );
}

/** The same, or an error if it has been disposed of. */
function fieldsInUse(optimizer: tf.Optimizer): Field[] {
  const fields = fieldsOf(optimizer);
  // SGD's rate is a tensor that is no variable.
  const isGone = Object.values(optimizer).some((value) => value instanceof tf.Tensor && value.isDisposed);
  if (isGone || variablesIn(fields).some(({ isDisposed }) => isDisposed)) {
    throw new Error(
      `The optimizer ${optimizer.getClassName()} has been disposed of. Create a new trainer with one that has not.`,
    );
  }
  return fields;
}

function variablesIn(fields: readonly Field[]): tf.Variable[] {
  return fields.flatMap(([, value]) =>
    Array.isArray(value) ? value.map(({ variable }) => variable) : [value],
  );
}

function isAccumulators(value: unknown): value is Accumulator[] {
  return Array.isArray(value) && value.every((item) => item?.variable instanceof tf.Variable);
}
