import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../src/index.ts';
import { remembering } from '../src/testing/checkpoints.ts';
import { uniform, weightsIn, wholeNumbers } from '../src/testing/data.ts';
import { twoHeaded } from '../src/testing/models.ts';

beforeAll(() => tf.setBackend('cpu'));

test.each(['indexeddb://run', 'localstorage://run'])(
  'training goes on from %s as if it had never stopped',
  async (to) => {
    const loss = 'sparseCategoricalCrossentropy';
    const objectives = [
      { output: 'digit', loss, priority: 0 },
      { output: 'clothing', loss, priority: 1 },
    ];
    const run = (model: tf.LayersModel, change: object) =>
      fit(model, uniform([10, 3], 1), [wholeNumbers([10], 4, 1), wholeNumbers([10], 3, 2)], {
        objectives,
        combiner: remembering(),
        optimizer: 'adam',
        batchSize: 4,
        ...change,
      });
    const [whole, first, second] = [twoHeaded(), twoHeaded(), twoHeaded()];
    await run(whole, { epochs: 4 });
    await run(first, { epochs: 2, checkpoint: { to } });
    await run(second, { epochs: 4, resumeFrom: to });
    expect(weightsIn(second)).toEqual(weightsIn(whole));
    await tf.io.removeModel(to);
    await expect(run(twoHeaded(), { epochs: 4, resumeFrom: to })).rejects.toThrow(/cannot be used/);
  },
);
