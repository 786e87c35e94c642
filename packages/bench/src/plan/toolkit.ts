import type { BackendDefinition, CombinerDefinition, TaskDefinition } from '@scalpel/core';

/** All that the given plugins bring, by id. Nothing can be added later. */
export interface Toolkit {
  /** Names, in the order given. */
  readonly plugins: readonly string[];
  readonly combiners: readonly CombinerDefinition[];
  readonly tasks: readonly TaskDefinition[];
  readonly backends: readonly BackendDefinition[];
  /** Throws for an unknown id, and suggests the nearest. So do the two below. */
  combiner(id: string): CombinerDefinition;
  task(id: string): TaskDefinition;
  backend(id: string): BackendDefinition;
}
