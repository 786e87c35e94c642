import * as tf from '@tensorflow/tfjs-core';
import { differentiate } from './differentiate.ts';
import type { TapeNode } from './engine.ts';
import type { WeightedSum } from './tape.ts';

/** Gradients by tensor id, each summed over the uses of its tensor. */
export class Gradients {
  readonly #byTensor = new Map<number, tf.Tensor>();

  /** Starts a backward pass of Σ weight · loss. */
  start(sum: WeightedSum): void {
    for (const [loss, weight] of sum) this.add(loss.id, tf.tensor(weight as tf.TensorLike, loss.shape));
  }

  /** Adds a gradient, and takes over its tensor. */
  add(id: number, gradient: tf.Tensor): void {
    const before = this.#byTensor.get(id);
    this.#byTensor.set(id, before === undefined ? gradient : tf.add(before, gradient));
    if (before !== undefined) tf.dispose([before, gradient]);
  }

  /** Goes from the gradients of a node's outputs, which only this node needs, to those of its inputs. */
  through(node: TapeNode): void {
    const dys = node.outputs.map(({ id }) => this.take(id));
    if (dys.every((dy) => dy === null)) return;
    try {
      for (const [id, gradient] of differentiate(node, dys)) this.add(id, gradient);
    } finally {
      tf.dispose(dys as tf.Tensor[]);
    }
  }

  /** Removes the gradient and returns it. The caller then owns it. */
  take(id: number): tf.Tensor | null {
    const gradient = this.#byTensor.get(id) ?? null;
    this.#byTensor.delete(id);
    return gradient;
  }

  dispose(): void {
    tf.dispose([...this.#byTensor.values()]);
    this.#byTensor.clear();
  }
}
