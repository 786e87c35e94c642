import { openStore } from '../store/open.ts';

/** Claims a run in the store of another process, reports that, and waits until it is ended. */
const [address, key, spec, lease] = process.argv.slice(2) as [string, string, string, string];
const store = await openStore(address, { lease: Number(lease) });
const claim = await store.claim({ key, spec: JSON.parse(spec) });
process.send!(claim);
setInterval(() => store.renew(), store.renewal);
