export {
  combination,
  lengthOf,
  levelGradients,
  movingAverage,
  padded,
  projectionFactor,
  unit,
} from './coefficients.ts';
export type * from './combiner.ts';
export { byLevel } from './compose/by-level.ts';
export { clipped } from './compose/clipped.ts';
export { normalized } from './compose/normalized.ts';
export { perGroup, type VariableGroups } from './compose/per-group.ts';
export { perLayer } from './compose/per-layer.ts';
export { smoothed } from './compose/smoothed.ts';
export type { Representation } from './direction/direction.ts';
export type { ExamplePasses } from './direction/example-passes.ts';
export { representation } from './direction/representation.ts';
export type { Outputs } from './forward/forward.ts';
export { type BatchInPieces, inPieces } from './forward/pieces.ts';
export { shared } from './forward/shared.ts';
export type { CombineOptions } from './jacobian/combine.ts';
export { type CombinedRows, type Jacobian, jacobian } from './jacobian/jacobian.ts';
export type { Losses } from './jacobian/losses.ts';
export type { Landscape, PlanePoint } from './landscape.ts';
export { checkStrength, type LevelStrength, levelStrength, strengthOf } from './level-strength.ts';
export { NonFiniteError } from './non-finite.ts';
export { checkNumbers, type Numbers } from './numbers.ts';
export { type LossWithOutputs, levelsOf, type Objective } from './objective.ts';
export { finiteNumber, wholeNumber } from './option-schemas.ts';
export { checkOptions, type OptionsSchema } from './options.ts';
export * from './plugin.ts';
export { fork, normal, randomFrom, shuffle } from './random.ts';
export { cosineSchedule, type Schedule, stepSchedule } from './schedule.ts';
export { dot, SymmetricMatrix } from './symmetric-matrix.ts';
export type { Evaluation, Task } from './task.ts';
export type { Checkpoint } from './trainer/checkpoint.ts';
export type { TrainerOptions } from './trainer/options.ts';
export type { StepReport } from './trainer/report.ts';
export { type CombinedGradients, createTrainer, type Trainer } from './trainer/trainer.ts';
export type { VectorCombination } from './vector-engine/combine.ts';
export type { VectorStep } from './vector-engine/input.ts';
export { createVectorEngine, type VectorEngine } from './vector-engine/vector-engine.ts';
