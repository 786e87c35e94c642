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
  backward(sum: WeightedSum): (tf.Tensor | null)[];
  /**
   * The backward passes of several sums side by side: the gradients of one variable after the other, as soon as they are known, so that no
   * more than one variable's are in memory at once. Variables that no loss depends on are left out. Whoever is given gradients owns them.
   */
  stream(sums: readonly WeightedSum[]): Iterable<VariableGradients>;
  /** Whether the loss depends on any of the variables. */
  reaches(loss: tf.Scalar): boolean;
  dispose(): void;
}

/** Σ weight · loss */
type WeightedSum = readonly (readonly [loss: tf.Scalar, weight: number])[];

export interface VariableGradients {
  /** Its position among the variables. */
  readonly variable: number;
  /** One per sum; null where it does not depend on the variable. */
  readonly gradients: (tf.Tensor | null)[];
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

/**
 * Runs `forward` in a tidy of its own and records it. What it returns belongs to the caller, as does the tape. Variables that are not trainable
 * count as constants.
 */
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
  const reached = new Set(variables.flatMap(({ id, trainable }) => (trainable ? [id] : [])));
  const turns = turnsOf(nodesFrom(nodes, reached), variables);
  return {
    value,
    tape: {
      backward: (sum) => backward(turns, variables, sum),
      stream: (sums) => stream(turns, variables, sums),
      reaches: ({ id }) => reached.has(id),
      dispose,
    },
  };
}

/** The nodes that depend on a tensor that is reached, each with the inputs that do. Adds what they make to those reached. */
function nodesFrom(nodes: readonly TapeNode[], reached: Set<number>): TapeNode[] {
  const result: TapeNode[] = [];
  for (const node of nodes) {
    const inputs = Object.entries(node.inputs).filter(([, input]) => reached.has(input.id));
    if (inputs.length === 0) continue;
    for (const output of node.outputs) reached.add(output.id);
    result.push({ ...node, inputs: Object.fromEntries(inputs) });
  }
  return result;
}

/** A variable, and the nodes that its gradient needs besides those of later turns, in the order of the forward pass. */
interface Turn {
  readonly variable: number;
  readonly nodes: TapeNode[];
}

/**
 * The nodes by the variable whose gradient needs them first in the backward passes, which take the variables in reverse: the one that is used last comes
 * first. So a variable's gradients are known soon after the first of them is begun, even if each objective has a forward pass of its own.
 */
function turnsOf(nodes: readonly TapeNode[], variables: readonly tf.Variable[]): Turn[] {
  const positions = new Map(variables.map(({ id }, position) => [id, position]));
  const turns: Turn[] = [];
  // The latest turn among the variables that a tensor depends on.
  const latest = new Map<number, number>();
  for (const node of nodes) {
    const ids = Object.values(node.inputs).map(({ id }) => id);
    for (const id of ids) {
      if (!latest.has(id)) latest.set(id, turns.push({ variable: positions.get(id)!, nodes: [] }) - 1);
    }
    const turn = Math.max(...ids.map((id) => latest.get(id)!));
    turns[turn]!.nodes.push(node);
    for (const { id } of node.outputs) latest.set(id, turn);
  }
  return turns;
}

function backward(
  turns: readonly Turn[],
  variables: readonly tf.Variable[],
  sum: WeightedSum,
): (tf.Tensor | null)[] {
  return tidied(() => {
    const all: (tf.Tensor | null)[] = variables.map(() => null);
    for (const { variable, gradients } of stream(turns, variables, [sum])) all[variable] = gradients[0]!;
    return all;
  });
}

function* stream(
  turns: readonly Turn[],
  variables: readonly tf.Variable[],
  sums: readonly WeightedSum[],
): Generator<VariableGradients> {
  const passes = sums.map(() => new Gradients());
  try {
    for (const [pass, sum] of sums.entries()) {
      for (const [loss, weight] of sum) passes[pass]!.add(loss.id, tf.scalar(weight));
    }
    for (const { variable, nodes } of turns.toReversed()) {
      for (const node of nodes.toReversed()) for (const pass of passes) pass.through(node);
      const gradients = passes.map((pass) => pass.take(variables[variable]!.id));
      if (gradients.some((gradient) => gradient !== null)) yield { variable, gradients };
    }
  } finally {
    for (const pass of passes) pass.dispose();
  }
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

  /** Takes over the gradient. */
  add(id: number, gradient: tf.Tensor): void {
    const before = this.#byTensor.get(id);
    this.#byTensor.set(id, before === undefined ? gradient : tf.add(before, gradient));
    if (before !== undefined) tf.dispose([before, gradient]);
  }

  /** From the gradients of a node's outputs, which it alone needs, to those of its inputs. */
  through(node: TapeNode): void {
    const dys = node.outputs.map(({ id }) => this.take(id));
    if (dys.every((dy) => dy === null)) return;
    try {
      for (const [id, gradient] of differentiate(node, dys)) this.add(id, gradient);
    } finally {
      tf.dispose(dys as tf.Tensor[]);
    }
  }

  /** Hands it out. */
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
