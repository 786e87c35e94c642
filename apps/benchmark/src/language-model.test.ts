import { startCpu, startWasm } from '@scalpel/backends';
import { test } from 'vitest';
import { expectSame, trained } from './testing/language-model.ts';

test('the language model trains on wasm as on cpu', async () => {
  const onCpu = await trained(startCpu);
  expectSame(await trained(startWasm), onCpu);
});
