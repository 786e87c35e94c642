import { trainOn } from './train-on.js';

// In the page itself, and in a web worker: the address says which, and on which backend.
const { searchParams } = new URL(location.href);
const backend = searchParams.get('backend');
const done = searchParams.has('worker')
  ? new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage(backend);
    })
  : trainOn(backend);
done.then(
  (result) => {
    window.result = result;
  },
  (error) => {
    window.result = { error: String(error?.message ?? error) };
  },
);
