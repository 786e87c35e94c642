import * as tf from '@tensorflow/tfjs';
// @ts-expect-error: the one file with everything in it has no types.
import * as vis from '@tensorflow/tfjs-vis/dist/tfjs-vis.umd.min.js';
import { beforeAll, expect, test } from 'vitest';
import { fit } from '../src/index.ts';
import { sum, uniform, wholeNumbers } from '../src/testing/data.ts';
import { twoHeaded } from '../src/testing/models.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The number of pixels that are not grey. Axes and labels are grey, and curves are not. */
function colouredIn(canvas: HTMLCanvasElement): number {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = Array.from({ length: data.length / 4 }, (_, pixel) =>
    data.subarray(4 * pixel, 4 * pixel + 3),
  );
  return pixels.filter((pixel) => Math.max(...pixel) - Math.min(...pixel) > 40).length;
}

test('tfvis.show.fitCallbacks draws curves of what fit logs', async () => {
  const drawn = document.body.appendChild(document.createElement('div'));
  const metrics = ['loss', 'val_loss', 'digit_acc'];
  const loss = 'sparseCategoricalCrossentropy';
  const { epoch } = await fit(
    twoHeaded(),
    uniform([10, 3], 1),
    [wholeNumbers([10], 4, 1), wholeNumbers([10], 3, 2)],
    {
      objectives: [
        { output: 'digit', loss, priority: 0, metrics: 'accuracy' },
        { output: 'clothing', loss, priority: 1 },
      ],
      combiner: sum,
      optimizer: 'adam',
      epochs: 3,
      batchSize: 4,
      validationSplit: 0.2,
      callbacks: vis.show.fitCallbacks(drawn, metrics, { callbacks: ['onBatchEnd', 'onEpochEnd'] }),
    },
  );
  expect(epoch).toEqual([0, 1, 2]);
  const charts = [...drawn.querySelectorAll<HTMLElement>('[data-name] [data-name]')];
  // The curve of val_loss is in the chart of the loss.
  expect(charts.map(({ dataset, parentElement }) => [parentElement!.dataset.name, dataset.name])).toEqual([
    ['onBatchEnd', 'loss'],
    ['onBatchEnd', 'digit_acc'],
    ['onEpochEnd', 'loss'],
    ['onEpochEnd', 'digit_acc'],
  ]);
  for (const chart of charts) expect(colouredIn(chart.querySelector('canvas')!)).toBeGreaterThan(100);
});
