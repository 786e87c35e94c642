import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';

const module = (name: string) => JSON.stringify(join(import.meta.dirname, name));

test.each([
  ['as it starts', 1],
  ['in a run', 2],
])('a worker that is in an endless loop %s ends with its parent', async (_, start) => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const folder = temporaryFolder();
  const [worker, parent] = [join(folder, 'worker.mjs'), join(folder, 'parent.mjs')];
  // The backend starts with the worker, and once more with the run.
  writeFileSync(
    worker,
    `import { connect } from 'node:net';
     import { serveRuns } from ${module('serve.ts')};
     let starts = 0;
     const hang = () => new Promise(() => {
       const socket = connect(${(server.address() as AddressInfo).port}, '127.0.0.1');
       socket.write(String(process.pid), () => { for (;;); });
     });
     const backend = {
       probe: async () => ({ works: true, detail: '' }),
       start: async () => { if (++starts === ${start}) await hang(); },
     };
     await serveRuns(async () => ({ backend, toolkit: { tasks: [], combiners: [] } }));`,
  );
  writeFileSync(
    parent,
    `import { startWorker } from ${module('worker-process.ts')};
     const worker = await startWorker({ file: ${JSON.stringify(worker)} }, {}, new AbortController().signal);
     await worker.run({}, { from: null, every: 0 }, () => {});`,
  );
  const child = fork(parent);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [socket] = (await once(server, 'connection')) as [Socket];
  const ended = once(socket, 'close');
  const [pid] = await once(socket, 'data');
  onTestFinished(() => {
    if (!socket.closed) process.kill(Number(pid), 'SIGKILL');
  });
  expect(Number(pid)).not.toBe(child.pid);
  child.kill('SIGKILL');
  await ended;
});
