// Runs, stores and sweeps, for Node.
export {
  createToolkit,
  describeEnvironment,
  executeRun,
  type Progress,
  type RunResult,
} from './run/index.ts';
export {
  addressProblem,
  hasStore,
  isPostgres,
  openStore,
  type Store,
  type StoreOptions,
  withoutSecrets,
  writeWhole,
} from './store/index.ts';
export {
  importRecords,
  type Limits,
  openQueue,
  type RunQueue,
  type ServeEvent,
  type ServeOptions,
  type SweepEvent,
  type SweepOptions,
  type SweepResult,
  serveQueue,
  serveRuns,
  sweep,
  sweepShared,
  type WorkerEntry,
} from './sweep/index.ts';
