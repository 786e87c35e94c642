import { suggestion } from '@scalpel/core/nearest';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from './batch.ts';
import { compiled, type LossFunction, type Metric } from './compiled.ts';

interface Common {
  /** The level of the objective: a whole number, 0 for the most important. */
  readonly priority: number;
  /** The weight inside its level; default 1. */
  readonly weight?: number;
}

/** An objective on the labels of one of the model's outputs. */
export interface OutputObjective extends Common {
  /** The output by its name, or by its number where two outputs share a name. */
  readonly output: string | number;
  /** Default: the name of the output. */
  readonly name?: string;
  /** A name that TensorFlow.js knows, or a function that returns one value per example or a scalar. */
  readonly loss: string | LossFunction;
  readonly metrics?: string | LossFunction | readonly (string | LossFunction)[];
}

/** Any other value to make small: the size of the model, for example. */
export interface OwnObjective extends Common {
  readonly name: string;
  /**
   * A tensor without dimensions, computed with TensorFlow.js operations. Null where this batch has no loss for
   * it.
   */
  readonly loss: (batch: Batch) => tf.Tensor | null;
  readonly output?: undefined;
  readonly metrics?: undefined;
}

/** One objective of a training: on labels of an output, or any other value. */
export type LayersObjective = OutputObjective | OwnObjective;

/** An objective after its names have been looked up. */
export type Settled = Required<Common> & { readonly name: string } & (
    | {
        readonly output: number;
        readonly outputName: string;
        readonly loss: LossFunction;
        readonly metrics: readonly Metric[];
        /** The name of the loss, which tells the labels that it takes. Null for a function. */
        readonly lossName: string | null;
      }
    | { readonly output: null; readonly loss: OwnObjective['loss']; readonly metrics: readonly [] }
  );

const FIELDS = ['name', 'output', 'loss', 'priority', 'weight', 'metrics'];

export function settled(model: LayersModel, objectives: readonly LayersObjective[]): Settled[] {
  if (!Array.isArray(objectives) || objectives.length === 0) {
    throw new Error(
      'There are no objectives. Give a list of at least one, as in [{ output, loss, priority: 0 }].',
    );
  }
  const all = objectives.map((objective, index) => settledOne(model, objective, index));
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (twice) {
    throw new Error(
      `Two objectives are named "${twice.name}". Give one of them another \`name\`: logs and checkpoints are keyed by it.`,
    );
  }
  return all;
}

function settledOne(model: LayersModel, objective: LayersObjective, index: number): Settled {
  const at = `objectives[${index}]`;
  if (typeof objective !== 'object' || objective === null) {
    throw new Error(
      `${at} is ${String(objective)}, but must be { output, loss, priority } or { name, loss, priority }.`,
    );
  }
  for (const key of Object.keys(objective)) {
    if (!FIELDS.includes(key)) throw new Error(`${at} has no field "${key}". ${suggestion(key, FIELDS)}`);
  }
  const { priority, weight = 1, output } = objective;
  if (output === undefined) return ownObjective(objective as OwnObjective, at);
  const position = positionOf(model, output, at);
  const outputName = model.outputNames[position]!;
  const name = objective.name ?? outputName;
  const { loss, metrics = [] } = objective;
  const list = Array.isArray(metrics) ? metrics : [metrics];
  const where = `Objective "${name}"`;
  const found = compiled(where, model.outputs[position]!.shape, loss as string | LossFunction, list);
  return {
    name,
    priority,
    weight,
    output: position,
    outputName,
    lossName: typeof loss === 'string' ? loss : null,
    ...found,
  };
}

function ownObjective({ name, priority, weight = 1, loss, metrics }: OwnObjective, at: string): Settled {
  if (typeof name !== 'string') throw new Error(`${at} has neither an output nor a name. Give one of them.`);
  if (typeof loss !== 'function') {
    throw new Error(
      `Objective "${name}": without an \`output\`, its loss must be a function that answers with a scalar.`,
    );
  }
  if (metrics !== undefined) {
    throw new Error(
      `Objective "${name}": metrics compare an output with labels. Give its \`output\`, or leave them out.`,
    );
  }
  return { name, priority, weight, output: null, loss, metrics: [] };
}

function positionOf(model: LayersModel, output: string | number, at: string): number {
  const names = model.outputNames;
  if (typeof output === 'number') {
    if (Number.isInteger(output) && output >= 0 && output < names.length) return output;
    throw new Error(
      `${at}: output ${output} does not exist. The model's outputs are 0 to ${names.length - 1}: ${names.join(', ')}.`,
    );
  }
  const position = names.indexOf(output);
  if (position < 0) {
    throw new Error(
      `${at}: the model has no output "${output}". ${suggestion(String(output), names)} An output has its layer's name.`,
    );
  }
  if (names.lastIndexOf(output) === position) return position;
  const numbers = names.flatMap((name, index) => (name === output ? [index] : []));
  throw new Error(
    `${at}: the model's outputs ${numbers.join(' and ')} are both named "${output}", for they come from one layer. Give \`output\` as a number, and a \`name\`.`,
  );
}
