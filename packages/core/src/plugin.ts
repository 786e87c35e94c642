import type { GradientCombiner } from './combiner.ts';
import type { Landscape } from './landscape.ts';
import type { OptionsSchema } from './options.ts';
import type { Task } from './task.ts';

/** The source of a method or problem. */
export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly arxiv?: string;
}

/** Properties that a method claims for every input. Each has a test of that name. */
export type Guarantee =
  /** ⟨gᵢ, d⟩ >= 0 for every objective. */
  | 'non-conflicting'
  /** c ↦ d(diag(c) J) is linear in c > 0. */
  | 'linear-under-scaling'
  /** The direction does not depend on the order of equal objectives. */
  | 'permutation-equivariant'
  /** The direction lies in the span of this step's gradients. */
  | 'weighted'
  /** ⟨g₀, d⟩ >= 0 for the most important level. */
  | 'respects-priority'
  /** d = 0 exactly where 0 is in the convex hull of the gradients. */
  | 'stationary-at-pareto-points';

interface Definition {
  /** The name in suites and on the command line: lower case with hyphens. */
  readonly id: string;
  readonly title: string;
  /** One sentence for `list`. */
  readonly summary: string;
  readonly paper?: Paper;
  /** Raise it whenever results change: finished runs of another version are not reused. */
  readonly version: number;
  /**
   * Describes the options and their defaults. `create` checks options against it too, for callers in code.
   */
  readonly options: OptionsSchema;
}

export interface CombinerDefinition extends Definition {
  readonly guarantees: readonly Guarantee[];
  /**
   * The answer where the method itself leaves it open: if there are several answers or none, or if a row is
   * zero.
   */
  readonly convention?: string;
  /**
   * The defaults of options that were added after runs had been recorded. At such a default, a run keeps the
   * key that it had without the option, so its record still counts.
   */
  readonly laterDefaults?: Readonly<Record<string, unknown>>;
  /** Options that passed the schema above. */
  readonly create: (options: never) => GradientCombiner;
}

export interface TaskDefinition extends Definition {
  /** Names of its objectives, most important first. */
  readonly objectives: readonly string[];
  /**
   * Names of further values that it reports for every part, such as `test/error`. Lower is better. A suite may
   * draw its plane in them.
   */
  readonly measures?: readonly string[];
  readonly create: (options: never, seed: number) => Task | Promise<Task>;
  /**
   * The map for paths of runs, for a task whose `position` is two numbers. It takes the same options as
   * `create`.
   */
  readonly landscape?: (options: never) => Landscape;
}

export interface BackendProbe {
  readonly works: boolean;
  readonly detail: string;
  /** The next thing to install or do if the backend does not work or could be faster. */
  readonly next?: string;
  /**
   * True if the processor stands in for a GPU: the answers are right, but slow. Such a backend is used only
   * if it is asked for by name.
   */
  readonly emulated?: boolean;
}

export interface BackendDefinition {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Raise it whenever results change. */
  readonly version: number;
  /** Finds out if this machine offers the backend, without starting it. */
  readonly probe: () => Promise<BackendProbe>;
  /** Makes this the current TensorFlow.js backend, ready for training. */
  readonly start: () => Promise<void>;
}

export interface Plugin {
  readonly name: string;
  readonly combiners?: readonly CombinerDefinition[];
  readonly tasks?: readonly TaskDefinition[];
  readonly backends?: readonly BackendDefinition[];
}

/** Returns the plugin, which is a plain value. The function only checks its type. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
