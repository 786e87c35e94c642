import * as tf from '@tensorflow/tfjs-core';

/**
 * One forward pass, any number of backward passes.
 *
 * TensorFlow.js's own `grad` functions record, differentiate once and throw the tape away. Here the recording is kept:
 * what the operations saved for their gradients is held until `dispose`, so that K objectives on one trunk cost one
 * forward pass, and so that a loss may be read back (an await) between forward and backward.
 */
export interface Tape {
  /**
   * Gradient of Σ weight · loss with respect to each variable, in their order; null where no loss depends on it.
   * The caller owns the tensors.
   */
  backward(weighted: readonly (readonly [loss: tf.Scalar, weight: number])[]): (tf.Tensor | null)[];
  dispose(): void;
}

/** What TensorFlow.js's engine does but does not declare. */
interface RecordingEngine {
  startTape(): void;
  endTape(): void;
  nextTensorId(): number;
  readonly state: { activeTape: TapeNode[] | null; readonly gradientDepth: number };
}

function recordingEngine(): RecordingEngine {
  return tf.engine() as unknown as RecordingEngine;
}

interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
  readonly saved?: readonly tf.Tensor[];
}

/** Runs `forward` in a tidy of its own and records it. What it returns belongs to the caller, as does the tape. */
export function record<Value extends tf.TensorContainer>(
  variables: readonly tf.Variable[],
  forward: () => Value,
): { value: Value; tape: Tape } {
  const engine = recordingEngine();
  if (engine.state.gradientDepth > 0) {
    throw new Error(
      'A step was started inside a gradient function. Call it outside tf.grad and tf.variableGrads.',
    );
  }
  engine.startTape();
  const nodes = engine.state.activeTape ?? [];
  const dispose = () => {
    for (const node of nodes.splice(0)) tf.dispose(node.saved as tf.Tensor[] | undefined);
  };
  let value: Value;
  try {
    value = tf.tidy(forward);
  } catch (error) {
    dispose();
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
  const reached = nodesFrom(nodes, variables);
  return { value, tape: { backward: (weighted) => backward(reached, variables, weighted), dispose } };
}

/** The nodes that depend on a variable, each with the inputs that do. */
function nodesFrom(nodes: readonly TapeNode[], variables: readonly tf.Variable[]): TapeNode[] {
  const reached = new Set(variables.map((variable) => variable.id));
  const result: TapeNode[] = [];
  for (const node of nodes) {
    const inputs = Object.entries(node.inputs).filter(([, input]) => reached.has(input.id));
    if (inputs.length === 0) continue;
    for (const output of node.outputs) reached.add(output.id);
    result.push({ ...node, inputs: Object.fromEntries(inputs) });
  }
  return result;
}

function backward(
  nodes: readonly TapeNode[],
  variables: readonly tf.Variable[],
  weighted: readonly (readonly [tf.Scalar, number])[],
): (tf.Tensor | null)[] {
  const gradients = new Gradients();
  const wanted = new Set(variables.map((variable) => variable.id));
  return tidied(() => {
    for (const [loss, weight] of weighted) gradients.add(loss.id, tf.scalar(weight));
    for (let index = nodes.length - 1; index >= 0; index--) {
      const node = nodes[index]!;
      const dys = node.outputs.map((output) => gradients.get(output.id));
      if (dys.every((dy) => dy === null)) continue;
      for (const [id, gradient] of differentiate(node, dys)) gradients.add(id, gradient);
      // An upstream gradient is needed by this node alone: dropping it here keeps memory flat in the depth.
      for (const output of node.outputs) if (!wanted.has(output.id)) gradients.drop(output.id);
    }
    return variables.map((variable) => gradients.get(variable.id));
  });
}

/** A tidy whose result may hold nulls, which TensorFlow.js allows and its types do not. */
export function tidied<Value>(compute: () => Value): Value {
  return tf.tidy(compute as () => tf.TensorContainer) as Value;
}

/** One node's contribution to each of its inputs, by tensor id; each is a tensor of its own. */
function differentiate(node: TapeNode, dys: (tf.Tensor | null)[]): readonly (readonly [number, tf.Tensor])[] {
  const mark = recordingEngine().nextTensorId();
  const names = Object.keys(node.inputs);
  const tensors = tf.tidy(() => {
    if (node.gradient === undefined) {
      throw new Error(
        `No gradient is registered for ${node.kernelName}. If there is none for anything, import '@tensorflow/tfjs' first.`,
      );
    }
    const byName = node.gradient(dys);
    const given = names.map((name) => byName[name]?.() ?? fail(node, name, 'is missing'));
    // A gradient function may hand out one tensor for several inputs, pass its own dy through or return what was
    // saved: each input's must be free to be dropped without the others.
    return given.map((tensor, index) =>
      tensor.id <= mark || given.indexOf(tensor) < index ? tf.clone(tensor) : tensor,
    );
  });
  for (const [index, name] of names.entries()) {
    const { dtype, shape } = tensors[index]!;
    const wanted = node.inputs[name]!.shape;
    if (dtype !== 'float32' || !tf.util.arraysEqual(shape, wanted)) {
      fail(node, name, `is ${dtype} of shape [${shape}] instead of float32 of shape [${wanted}]`);
    }
  }
  return names.map((name, index) => [node.inputs[name]!.id, tensors[index]!]);
}

function fail(node: TapeNode, input: string, problem: string): never {
  throw new Error(`The gradient of ${node.kernelName} for its input "${input}" ${problem}.`);
}

/** Gradients by tensor id, each summed over the uses of its tensor. */
class Gradients {
  readonly #byTensor = new Map<number, tf.Tensor>();

  get(id: number): tf.Tensor | null {
    return this.#byTensor.get(id) ?? null;
  }

  /** Takes over the gradient. */
  add(id: number, gradient: tf.Tensor): void {
    const before = this.#byTensor.get(id);
    this.#byTensor.set(id, before === undefined ? gradient : tf.add(before, gradient));
    if (before !== undefined) tf.dispose([before, gradient]);
  }

  drop(id: number): void {
    this.#byTensor.get(id)?.dispose();
    this.#byTensor.delete(id);
  }
}
