import type { BackendDefinition, CombinerDefinition, TaskDefinition } from '@scalpel/core';

/** Everything that the given plugins provide, by id. Nothing can be added later. */
export interface Toolkit {
  /** The names of the plugins, in the order given. */
  readonly plugins: readonly string[];
  readonly combiners: readonly CombinerDefinition[];
  readonly tasks: readonly TaskDefinition[];
  readonly backends: readonly BackendDefinition[];
  /** Throws for an unknown id, and suggests the nearest one. The two methods below do the same. */
  combiner(id: string): CombinerDefinition;
  task(id: string): TaskDefinition;
  backend(id: string): BackendDefinition;
}
