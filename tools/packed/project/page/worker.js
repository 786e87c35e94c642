import { trainOn } from './train-on.js';

addEventListener('message', ({ data }) => {
  trainOn(data).then(postMessage, (error) => postMessage({ error: String(error) }));
});
