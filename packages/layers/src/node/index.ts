/*
 * For Node: the scheme 'file://…' for models and checkpoints on every backend. TensorFlow.js has it only in
 * tfjs-node.
 */
import { io } from '@tensorflow/tfjs-core';
import { fileHandler } from './file-handler.ts';

export { progressBar, type Terminal } from './progress-bar.ts';
export { fileHandler };

const SCHEME = 'file://';
let isAsking = false;

/** If tfjs-node is loaded too, its handler is used: TensorFlow.js throws where several handlers match. */
function routerFor(others: (url: string) => unknown[]): (url: string | string[]) => io.IOHandler | null {
  return (url) => {
    if (isAsking || typeof url !== 'string' || !url.startsWith(SCHEME)) return null;
    isAsking = true;
    try {
      return others(url).length > 0 ? null : fileHandler(url.slice(SCHEME.length));
    } finally {
      isAsking = false;
    }
  };
}

io.registerSaveRouter(routerFor((url) => io.getSaveHandlers(url)) as never);
io.registerLoadRouter(routerFor((url) => io.getLoadHandlers(url)) as never);
