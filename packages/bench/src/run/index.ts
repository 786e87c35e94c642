export type { Safekeeping } from './checkpoint.ts';
export { createToolkit } from './create-toolkit.ts';
export { describeEnvironment } from './environment.ts';
export { executeRun, type Progress, type RunResult } from './run.ts';
