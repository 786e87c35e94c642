export type { Checkpoint } from './checkpoint.ts';
export type * from './combiner.ts';
export { byLevel, clipped, perLayer, smoothed } from './compose.ts';
export type { Landscape, PlanePoint } from './landscape.ts';
export { checkStrength, type LevelStrength, levelStrength, strengthOf } from './level-strength.ts';
export { NonFiniteError } from './non-finite.ts';
export { checkNumbers, type Numbers } from './numbers.ts';
export { levelsOf, type Objective } from './objective.ts';
export { checkOptions } from './options.ts';
export * from './plugin.ts';
export { fork, normal, randomFrom } from './random.ts';
export type { StepReport } from './report.ts';
export { cosineSchedule, type Schedule, stepSchedule } from './schedule.ts';
export { shared } from './shared.ts';
export { SymmetricMatrix, unit } from './symmetric-matrix.ts';
export type { Evaluation, Task } from './task.ts';
export { createTrainer, type Trainer } from './trainer.ts';
export type { TrainerOptions } from './trainer-options.ts';
export {
  createVectorEngine,
  type VectorCombination,
  type VectorEngine,
  type VectorStep,
} from './vector-engine.ts';
