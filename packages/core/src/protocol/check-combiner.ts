import type { GradientCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import { suggestion } from '../nearest.ts';

/** The methods that a combiner of each kind must have. */
const METHODS = {
  nothing: ['weights'],
  losses: ['combine'],
  gramian: ['combine'],
  elements: ['combine', 'element'],
} as const satisfies Record<GradientCombiner['needs'], readonly string[]>;

/** Throws unless this is a combiner. The error names `owner`, the function that received it. */
export function checkCombiner(owner: string, combiner: unknown): asserts combiner is GradientCombiner {
  const refuse = (problem: string): never => {
    throw new Error(`${owner}: ${problem}`);
  };
  if (typeof combiner === 'function') {
    refuse(
      `the combiner is ${described(combiner)}. Call it, and pass what it answers: ${combiner.name || 'it'}().`,
    );
  }
  if (typeof combiner !== 'object' || combiner === null) {
    refuse(`the combiner is ${described(combiner)}. Pass one, such as bloop().`);
  }
  const { name, needs } = combiner as { readonly name?: unknown; readonly needs?: unknown };
  if (typeof name !== 'string' || name === '')
    refuse(`the combiner's name is ${described(name)}. Give it one.`);
  if (typeof needs !== 'string' || !Object.hasOwn(METHODS, needs)) {
    const known = Object.keys(METHODS);
    const near = typeof needs === 'string' ? suggestion(needs, known) : `It is one of ${known.join(', ')}.`;
    refuse(`\`needs\` of the combiner ${name} is ${described(needs)}. ${near}`);
  }
  const missing = METHODS[needs as GradientCombiner['needs']].find(
    (method) => typeof (combiner as Record<string, unknown>)[method] !== 'function',
  );
  if (missing)
    refuse(`the combiner ${name} has no method ${missing}(), which one that needs ${needs} must have.`);
}
