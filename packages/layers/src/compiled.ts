import { suggestion } from '@scalpel/core/nearest';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { LOSSES, METRICS, OPTIMIZERS } from './names.ts';

/** The loss of an output: one value per example, or a scalar. */
export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** A metric with its name in logs. */
export interface Metric {
  readonly name: string;
  readonly compute: LossFunction;
}

/**
 * The functions that `model.compile` would choose, by name, for an output of this shape. Throws on an unknown
 * name.
 */
export function compiled(
  where: string,
  shape: readonly (number | null)[],
  loss: string | LossFunction,
  metrics: readonly (string | LossFunction)[],
): { readonly loss: LossFunction; readonly metrics: readonly Metric[] } {
  known(where, 'loss', loss, LOSSES);
  for (const metric of metrics) known(where, 'metric', metric, METRICS);
  const optimizer = tf.train.sgd(1);
  try {
    const probe = probeOf(shape);
    probe.compile({ optimizer, loss, metrics: [...metrics] });
    const names = probe.metricsNames.slice(1);
    return {
      loss: probe.lossFunctions[0] as LossFunction,
      metrics: probe.metricsTensors.map(([compute], index) => ({
        name: names[index]!,
        compute: compute as LossFunction,
      })),
    };
  } finally {
    optimizer.dispose();
  }
}

/** A new optimizer with the settings that TensorFlow.js has for this name. Throws on an unknown name. */
export function optimizerNamed(where: string, name: string): tf.Optimizer {
  known(where, 'optimizer', name, OPTIMIZERS);
  const probe = probeOf([null, 1]);
  probe.compile({ optimizer: name, loss: 'meanSquaredError' });
  return probe.optimizer;
}

/**
 * TensorFlow.js looks functions up by name only inside `compile`, so a model without weights has to compile.
 * The model has a fixed name, since default names would raise the page's counter of names.
 */
function probeOf(shape: readonly (number | null)[]): LayersModel {
  const x = input({ batchShape: [...shape], name: 'scalpel_probe' });
  return model({ inputs: x, outputs: x, name: 'scalpel_probe' });
}

function known(where: string, kind: string, given: unknown, names: readonly string[]): void {
  if (typeof given === 'function') return;
  if (typeof given === 'string') {
    if (names.includes(given)) return;
    throw new Error(`${where}: TensorFlow.js knows no ${kind} "${given}". ${suggestion(given, names)}`);
  }
  throw new Error(
    `${where}: a ${kind} is missing, or is no name and no function. Give one of ${names.join(', ')}, or a function.`,
  );
}
