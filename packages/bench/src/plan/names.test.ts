import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesIn, same } from './names.ts';

const name = fc.stringMatching(/^[a-zA-Z][a-z, ]{0,6}[a-z]$/);

test('every name that is known can be given, whatever commas it holds', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (known) => {
      for (const wanted of known) expect(namesIn(wanted, known)).toEqual([wanted]);
    }),
  );
});

test('several are separated by commas, with blanks or without', () => {
  const known = ['Bloop', 'Bloop, no EMA', 'PCGrad', 'quadratics'];
  expect(namesIn('bloop, no ema,PCGrad , Bloop', known)).toEqual(['bloop, no ema', 'PCGrad', 'Bloop']);
  expect(namesIn('Bloop, no EMA', known)).toEqual(['Bloop, no EMA']);
  expect(namesIn('Bloop, unknown', known)).toEqual(['Bloop', 'unknown']);
});

test('names are the same in any case', () => {
  expect([same('Bloop', ' bloop '), same('Bloop', 'Blop')]).toEqual([true, false]);
});
