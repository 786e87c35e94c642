import * as tf from '@tensorflow/tfjs-core';
import type { RunSpec } from '../plan/index.ts';

/** Counts the tensors that a run leaves behind, and finds the part of the run that made them. */
export interface TensorCount {
  /** Call this at the end of each part of the run, before the task is disposed of. */
  after(part: string): void;
  /**
   * A warning for the end of the run; undefined if no tensor is left. It disposes of variables that are left,
   * since the next run may need their names.
   */
  left(spec: RunSpec): string | undefined;
}

export function countTensors(): TensorCount {
  const known = new Set(Object.keys(tf.engine().registeredVariables));
  const start = tf.memory().numTensors;
  const parts: (readonly [part: string, tensors: number])[] = [];
  let last = start;
  return {
    after(part) {
      const now = tf.memory().numTensors;
      parts.push([part, now - last]);
      last = now;
    },
    left({ task, combiner }) {
      const count = tf.memory().numTensors - start;
      if (count <= 0) return undefined;
      const variables = Object.values(tf.engine().registeredVariables).filter(({ name }) => !known.has(name));
      tf.dispose(variables);
      const names = variables.map(({ name }) => name).join(', ');
      const later = parts.slice(1).flatMap(([part, grown]) => (grown > 0 ? [`${grown} from ${part}`] : []));
      const places =
        later.length > 0
          ? later
          : [`from ${parts[0]?.[0] ?? 'its beginning'}, such as the value that a variable is made of`];
      return (
        `A run of task "${task.id}" with combiner "${combiner.id}" left ${count} tensor${count === 1 ? '' : 's'} behind ` +
        `(${[...(names === '' ? [] : [`variables ${names}`]), ...places].join('; ')}). Dispose of them, or make them within tf.tidy.`
      );
    },
  };
}
