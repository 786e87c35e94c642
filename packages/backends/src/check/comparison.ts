import { dispose, engine, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { startCpu } from '../cpu.ts';
import {
  compareKernel,
  described,
  drawCase,
  type Tolerances,
  type Verdict,
  wgsl,
} from '../testing/agreement.ts';
import { compareGradient, differentiable, drawSlope, gradientsOf } from '../testing/gradients.ts';
import { Draw } from '../testing/kernels/draw.ts';
import { kernels } from '../testing/kernels/index.ts';
import { drawNetwork, trainNetwork } from '../testing/networks.ts';
import { compareTraining, STEPS } from '../testing/training.ts';
import { tensorOf, type Values } from '../testing/values.ts';
import { compareRows, drawRows } from './rows.ts';
import type { CheckKind } from './types.ts';

/** Makes the checked backend the current one again. */
export type Start = () => Promise<void>;

/** A computation whose result is compared with the right answer. */
export interface Comparison {
  readonly kind: CheckKind;
  readonly name: string;
  readonly seed: number;
  /** The number of elements in all inputs. */
  readonly size: number;
  /** A description of the input. */
  readonly input: string;
  compare(start: Start): Promise<Verdict>;
  /** Makes the same computation on the current backend. */
  compute(): Tensor[];
}

/** Draws comparisons of one kind and name. The same seed gives the same comparison. */
export interface Source {
  readonly kind: CheckKind;
  readonly name: string;
  draw(seed: number): Comparison;
}

/** Makes a comparison, and leaves no tensor behind. */
export async function compare(comparison: Comparison, start: Start): Promise<Verdict> {
  try {
    return await comparison.compare(start);
  } finally {
    dropTape();
  }
}

/** If a gradient throws, the engine never frees the tensors that were saved for it. */
function dropTape(): void {
  const { state } = engine();
  for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
  state.activeTape = null as never;
}

/** All that can be checked on a backend. */
export function sourcesFor(backend: string): readonly Source[] {
  const tolerances = backend === 'webgl' || backend === 'webgpu' ? wgsl : {};
  return [
    ...Object.keys(kernels).map((name) => kernelSource(name, tolerances)),
    ...differentiable.map((name) => gradientSource(name, tolerances)),
    rowsSource,
    trainingSource,
  ];
}

function kernelSource(name: string, tolerances: Tolerances): Source {
  const draw = (seed: number): Comparison => {
    const drawn = drawCase(name, seed);
    return {
      ...{ kind: 'kernel', name, seed, size: sizeOf(drawn.inputs), input: described(drawn) },
      compare: (start) => compareKernel(drawn, start, tolerances[name]),
      compute: () => tidy(() => [drawn.compute(...drawn.inputs.map(tensorOf))].flat()),
    };
  };
  return { kind: 'kernel', name, draw };
}

function gradientSource(name: string, tolerances: Tolerances): Source {
  const draw = (seed: number): Comparison => {
    const slope = drawSlope(name, seed);
    const { drawn } = slope;
    return {
      ...{ kind: 'gradient', name, seed, size: sizeOf(drawn.inputs), input: described(drawn) },
      compare: (start) => compareGradient(slope, start, tolerances[name]),
      compute: () => gradientsOf(drawn),
    };
  };
  return { kind: 'gradient', name, draw };
}

const rowsSource: Source = {
  kind: 'rows',
  name: 'rows',
  draw: (seed) => {
    const drawn = drawRows(new Draw(seed, 5));
    const shapes = drawn.rows[0]!.map((_, i) => drawn.rows.find((row) => row[i])?.[i]?.shape ?? 'zeros');
    return {
      ...{ kind: 'rows', name: 'rows', seed, size: sizeOf(drawn.rows.flat()) },
      input: `${drawn.rows.length} rows of [${shapes.join('], [')}], coefficients ${JSON.stringify(drawn.coefficients)}, ${drawn.spent} rows used up`,
      compare: (start) => compareRows(drawn, start),
      // The passes over rows have their own kernels on each backend.
      compute: () => [],
    };
  },
};

const trainingSource: Source = {
  kind: 'training',
  name: 'training',
  draw: (seed) => {
    const network = drawNetwork(seed);
    return {
      ...{ kind: 'training', name: 'training', seed, size: sizeOf(network.weights) },
      input: `${network.title}, ${STEPS} steps`,
      compare: async (start) => {
        const verdict = await compareTraining(network, start);
        if (typeof verdict === 'string') return verdict;
        // If several elements are equally large up to rounding, float32 alone may train otherwise. Then there
        // is no right answer.
        return (await compareTraining(network, startCpu)) === 'right' ? verdict : 'open';
      },
      compute: () => trainNetwork(network, STEPS),
    };
  },
};

function sizeOf(inputs: readonly (Values | null)[]): number {
  return inputs.reduce((size, input) => size + (input?.values.length ?? 0), 0);
}
