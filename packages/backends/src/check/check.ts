import { suggestion } from '@scalpel/core/nearest';
import {
  add,
  backend as currentBackend,
  getGradient,
  maximum,
  mul,
  neg,
  type Tensor,
  tidy,
  version_core,
} from '@tensorflow/tfjs-core';
import { cpu, startCpu } from '../cpu.ts';
import type { Difference } from '../testing/agreement.ts';
import { Draw } from '../testing/kernels/draw.ts';
import { VERSION } from '../version.ts';
import { wasm } from '../wasm/definition.ts';
import { webgl } from '../webgl.ts';
import { webgpu } from '../webgpu/definition.ts';
import { type Comparison, compare, type Source, type Start, sourcesFor } from './comparison.ts';
import { type Found, findingsOf, lostDeviceFinding } from './findings.ts';
import { withRestoredBackend } from './restored-backend.ts';
import { Search } from './search.ts';
import type { BackendCheck, CheckKind, CheckOptions } from './types.ts';

const KINDS: readonly CheckKind[] = ['kernel', 'gradient', 'rows', 'training'];

/** Milliseconds after which the check lets the page run. */
const TURN = 50;

export async function check(options: CheckOptions): Promise<BackendCheck> {
  if (getGradient('Add') === undefined)
    throw new Error("TensorFlow.js has no gradients registered. import '@tensorflow/tfjs' first.");
  const begin = performance.now();
  return withRestoredBackend(async (backend, start) => {
    // The cpu backend gives the right answers. If it is missing, this throws an error that says what to do.
    await startCpu();
    await start();
    const { seed = 1 } = options;
    const comparisons = new Comparisons(start, seed);
    await comparisons.run(tasksOf(sourcesFor(backend), options), options);
    const bits = currentBackend().floatPrecision();
    const { compared, found, missing, left, lost } = comparisons;
    const device = {
      backend,
      detail: options.detail ?? (await detailOf(backend)),
      bits,
      tfjs: version_core,
      version: VERSION,
      seed,
    };
    const findings = [
      ...(await findingsOf([...found.values()], device)),
      ...(lost ? [lostDeviceFinding(lost, device)] : []),
    ];
    return {
      ...device,
      passed: findings.length === 0,
      compared,
      left,
      findings,
      missing: [...missing].sort(),
      seconds: (performance.now() - begin) / 1000,
    };
  });
}

/** A comparison that is still to be made. */
interface Task {
  readonly source: Source;
  readonly seed: number;
}

/**
 * The comparisons in order. Kinds come from simple to complex, so that a kernel is found before its users.
 * Within a kind the order is random, so that a kernel that spoils the memory of others is noticed.
 */
function tasksOf(sources: readonly Source[], options: CheckOptions): Task[] {
  const { seed = 1, draws = 2, trainings = 20, only } = options;
  const names = new Set(sources.map(({ name }) => name));
  for (const name of only ?? [])
    if (!names.has(name))
      throw new Error(`There is nothing named "${name}" to check. ${suggestion(name, [...names])}`);
  const order = new Draw(seed);
  return KINDS.flatMap((kind) => {
    const chosen = sources.filter((source) => source.kind === kind && (only?.includes(source.name) ?? true));
    const times = kind === 'training' || kind === 'rows' ? trainings : draws;
    return order.shuffled(
      chosen.flatMap((source) => Array.from({ length: times }, (_, i): Task => ({ source, seed: seed + i }))),
    );
  });
}

/** Makes the comparisons of one check, one after another, and collects their outcomes. */
class Comparisons {
  readonly compared: Record<CheckKind, number> = { kernel: 0, gradient: 0, rows: 0, training: 0 };
  /** The first finding of each kind and name. */
  readonly found = new Map<string, Found>();
  readonly missing = new Set<string>();
  /** The number of comparisons that could not be made. */
  left = 0;
  /** The comparison during which the device was lost, and its difference. */
  lost: { readonly comparison: Comparison; readonly difference: Difference } | null = null;
  readonly #start: Start;
  readonly #search: Search;

  constructor(start: Start, seed: number) {
    this.#start = start;
    this.#search = new Search(start, seed);
  }

  async run(tasks: readonly Task[], { onProgress, signal }: CheckOptions): Promise<void> {
    let turn = performance.now();
    for (const [done, task] of tasks.entries()) {
      signal?.throwIfAborted();
      const { kind, name } = task.source;
      onProgress?.({ done, total: tasks.length, kind, name, wrong: this.found.size });
      if (performance.now() - turn > TURN) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
      await this.#compare(task);
      if (this.lost === null) continue;
      this.left = tasks.length - done - 1;
      return;
    }
  }

  async #compare({ source, seed }: Task): Promise<void> {
    const comparison = source.draw(seed);
    const verdict = await compare(comparison, this.#start);
    if (verdict === 'open') return;
    const absent = typeof verdict === 'string' ? null : absentKernel(verdict);
    if (absent !== null) {
      this.missing.add(absent);
      return;
    }
    this.compared[source.kind]++;
    if (verdict === 'right') return;
    if (await this.#isLost()) {
      this.lost = { comparison, difference: verdict };
      return;
    }
    const key = `${source.kind} ${source.name}`;
    const before = this.found.get(key);
    if (before !== undefined) this.found.set(key, { ...before, wrong: before.wrong + 1 });
    else this.found.set(key, { wrong: 1, ...(await this.#search.smallest(source, comparison, verdict)) });
  }

  /**
   * Whether the device no longer computes anything right. Errors of the computation before may be reported
   * only now.
   */
  async #isLost(): Promise<boolean> {
    await this.#start();
    for (const [compute, expected] of ELEMENTARY) {
      const values = await valuesOf(compute).catch(() => []);
      if (`${values}` === `${expected}`) return false;
    }
    return true;
  }
}

/** Computations of which any working device gets at least one right. */
const ELEMENTARY: readonly (readonly [() => Tensor, readonly number[]])[] = [
  [() => add([1, 2], 3), [4, 5]],
  [() => mul([1, 2], 3), [3, 6]],
  [() => neg([1, 2]), [-1, -2]],
  [() => maximum([1, 5], 3), [3, 5]],
];

async function valuesOf(compute: () => Tensor): Promise<readonly number[]> {
  const result = tidy(compute);
  try {
    return [...(await result.data())];
  } finally {
    result.dispose();
  }
}

/**
 * The kernel that a backend lacks, for all types or for one, if an error of TensorFlow.js or TensorFlow's
 * library says so.
 */
function absentKernel({ actual }: Difference): string | null {
  const kernel = /^Kernel '(\w+)' not registered for backend/.exec(actual);
  if (kernel !== null) return kernel[1]!;
  const typed = /attr 'T' of (\w+) is not in the list of allowed values[\s\S]*\{\{node (\w+)\}\}/.exec(
    actual,
  );
  if (typed !== null) return `${typed[2]} of ${typed[1]}`;
  return /^CPU Dilation depth must be 1/.test(actual) ? 'Conv3D with dilations' : null;
}

/** The backend's own description of itself, for backends that work in a page. */
async function detailOf(name: string): Promise<string> {
  const known = [cpu, wasm, webgl, webgpu].find(({ id }) => id === name);
  return known === undefined ? 'a backend that is not of this package' : (await known.probe()).detail;
}
