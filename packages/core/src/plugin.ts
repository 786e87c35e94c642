import type { GradientCombiner } from './combiner.ts';
import type { Landscape } from './landscape.ts';
import type { OptionsSchema } from './options.ts';
import type { Task } from './task.ts';

/** Where a method or problem comes from. */
export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly arxiv?: string;
}

/** Properties that a method claims for every input, each with a test of that name. */
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
  /** Lower case with hyphens: what suites and the command line call it. */
  readonly id: string;
  readonly title: string;
  /** One sentence for `list`. */
  readonly summary: string;
  readonly paper?: Paper;
  /** Raised whenever results change: finished runs of another version are not reused. */
  readonly version: number;
  /**
   * Describes the options with their defaults; `create` checks them against it too, for those who call it in
   * code.
   */
  readonly options: OptionsSchema;
}

export interface CombinerDefinition extends Definition {
  readonly guarantees: readonly Guarantee[];
  /**
   * The answer where the method itself leaves it open: where there are several answers, or none, or a row is
   * zero.
   */
  readonly convention?: string;
  /** Options that passed the schema above. */
  readonly create: (options: never) => GradientCombiner;
}

export interface TaskDefinition extends Definition {
  /** Names of its objectives, most important first. */
  readonly objectives: readonly string[];
  readonly create: (options: never, seed: number) => Task | Promise<Task>;
  /**
   * The map that paths of runs are drawn on, for a task whose `position` is two numbers. Options as for
   * `create`.
   */
  readonly landscape?: (options: never) => Landscape;
}

export interface BackendProbe {
  readonly works: boolean;
  readonly detail: string;
  /** The next thing to install or do, where the backend does not work or could be faster. */
  readonly next?: string;
  /**
   * The processor stands in for a GPU: right answers, slowly. It is never chosen unless asked for by name.
   */
  readonly emulated?: boolean;
}

export interface BackendDefinition {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Raised whenever results change. */
  readonly version: number;
  /** Looks whether this machine offers the backend, without starting it. */
  readonly probe: () => Promise<BackendProbe>;
  /** Makes it the current TensorFlow.js backend, ready for training. */
  readonly start: () => Promise<void>;
}

export interface Plugin {
  readonly name: string;
  readonly combiners?: readonly CombinerDefinition[];
  readonly tasks?: readonly TaskDefinition[];
  readonly backends?: readonly BackendDefinition[];
}

/** A plugin is a plain value; this only checks its type. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
