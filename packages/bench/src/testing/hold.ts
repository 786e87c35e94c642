import { openStore } from '../store.ts';

/** Claims a run in the store of another process, says so, and stays until it is ended. */
const [file, key] = process.argv.slice(2) as [string, string];
const store = await openStore(file);
const claim = await store.claim({ key, spec: JSON.parse(process.argv[4]!) });
process.send!(claim);
setInterval(() => {}, 1_000);
