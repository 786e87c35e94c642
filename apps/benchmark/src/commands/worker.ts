import { availableParallelism } from 'node:os';
import { isPostgres, openQueue, openStore, serveQueue, withoutSecrets } from '@scalpel/bench/sweep';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { limitArguments, parseLimits } from '../limits.ts';
import { outputLost, print, printError } from '../output.ts';
import { loadToolkit, pluginFlag } from '../plugins.ts';
import { endText, noticeText } from '../progress.ts';
import { parseWorkers, selectionArguments, workerEntry, workersArgument } from '../selection.ts';
import { checkStore } from '../store.ts';

const args = {
  store: {
    type: 'string',
    required: true,
    valueHint: 'address',
    description: 'Where the sweep is: postgres://user@host/database',
  },
  backend: selectionArguments.backend,
  ...workersArgument,
  ...limitArguments,
  stay: { type: 'boolean', description: 'Wait for more when nothing is left, until Ctrl-C' },
  ...pluginFlag,
} as const;

export const worker: Command = command({
  meta: {
    name: 'worker',
    description: 'Joins a sweep on a shared store, from any machine: makes the runs that wait there',
  },
  args,
  run: async (given) => {
    const { store: address } = given;
    checkStore(address);
    if (!isPostgres(address)) {
      throw new UsageError(
        `--store is "${address}". A worker joins a sweep at postgres://user@host/database; on one machine scalpel run starts its own.`,
      );
    }
    const workers = parseWorkers(given.workers) ?? availableParallelism();
    const limits = parseLimits(given);
    const { plugin: plugins } = given;
    const toolkit = await loadToolkit(['combiners', 'tasks', 'backends'], plugins);
    const backend = toolkit.backend(given.backend);
    const { version } = backend;
    await interruptible(async (signal) => {
      const waiting = { signal, onWait: printError };
      const store = await openStore(address, waiting);
      try {
        const queue = await openQueue(address, { id: backend.id, version }, waiting);
        try {
          print(
            `Joined ${withoutSecrets(address)} for ${backend.id}, with ${workers} worker${workers === 1 ? '' : 's'}`,
          );
          const made = await serveQueue({
            store,
            queue,
            toolkit,
            worker: workerEntry(backend.id, plugins),
            workers,
            limits,
            signal,
            stay: Boolean(given.stay),
            onEvent(event) {
              const notice = noticeText(event);
              if (notice !== null) print(notice);
              if (event.kind === 'ended') print(endText(event));
            },
          });
          const { finished, diverged, failed } = made;
          const end = signal.aborted ? 'Stopped; runs under way went back to the queue' : 'Nothing is left';
          const say = outputLost.aborted ? printError : print;
          say(`${end}. Made here: ${finished} finished, ${diverged} diverged, ${failed} failed.`);
          if (failed > 0 && !signal.aborted) process.exitCode = 1;
        } finally {
          await queue.close();
        }
      } finally {
        await store.close();
      }
    });
  },
});
