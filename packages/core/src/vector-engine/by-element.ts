import type { ElementCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import { asked, atOnce, beyond } from '../protocol/answers.ts';
import { fork } from '../random.ts';
import type { Combine } from './combine.ts';

/** The computation for a combiner that works on single elements. */
export function byElement(combiner: ElementCombiner): Combine {
  return (gradients, before) => {
    // The same generator as the trainer's for its first variable.
    const random = fork(before.random);
    const direction = gradients[0]!.map((_, entry) => {
      const column = gradients.map((row) => row[entry]!);
      const answer = asked(combiner, () => combiner.element({ ...before, random, column }));
      return atOnce(combiner, 'element', answer);
    });
    const bad = direction.findIndex((x) => !Number.isFinite(x));
    if (bad < 0) return { direction, coefficients: [] };
    // Elements so large that sums of some of them may be infinite.
    if (gradients.some((row) => Math.abs(row[bad]!) >= 2 ** 1000)) throw beyond(combiner);
    throw new Error(
      `The combiner ${combiner.name} answered with ${described(direction[bad])} for element ${bad}. Mend its element().`,
    );
  };
}
