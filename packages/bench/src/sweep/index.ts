export { importRecords } from './import-records.ts';
export type { Limits } from './limits.ts';
export { openQueue, type RunQueue } from './queue.ts';
export { serveRuns } from './serve.ts';
export { type ServeEvent, type ServeOptions, serveQueue, sweepShared } from './shared.ts';
export { type SweepEvent, type SweepOptions, type SweepResult, sweep } from './sweep.ts';
export type { WorkerEntry } from './worker-process.ts';
