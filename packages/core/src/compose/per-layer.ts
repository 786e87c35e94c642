import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { ungrouped } from './inner.ts';

/**
 * Gives each layer its own Gramian, answer, remembered rows and memory. A layer consists of the variables
 * with the same path: their name up to its last slash.
 */
export function perLayer(combiner: GradientCombiner): GramianCombiner {
  const inner = ungrouped('perLayer', combiner);
  return {
    ...inner,
    name: `perLayer(${inner.name})`,
    groups(variables) {
      const layers = variables.map((name) => name.slice(0, name.lastIndexOf('/') + 1) || name);
      const distinct = [...new Set(layers)];
      return layers.map((layer) => distinct.indexOf(layer));
    },
  };
}
