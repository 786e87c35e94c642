import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { ungrouped } from './inner.ts';

/**
 * A Gramian, an answer, remembered rows and memory of its own for each layer: variables that share the path
 * of their name up to its last slash.
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
