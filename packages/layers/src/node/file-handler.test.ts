import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fit } from '../index.ts';
import { remembering } from '../testing/checkpoints.ts';
import { datasetOf, uniform, weightsIn, wholeNumbers } from '../testing/data.ts';
import { kinds } from '../testing/models.ts';
import './index.ts';
import { writeWhole } from './whole-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scalpel-layers-'));
});
afterEach(async () => {
  tf.disposeVariables();
  await rm(folder, { recursive: true });
});

const make = kinds['batch normalisation']!.make;

test('model.save and tf.loadLayersModel know file:// on every backend', async () => {
  const model = make();
  const url = `file://${folder}/deep/model`;
  await model.save(url);
  for (const from of [url, `${url}/model.json`]) {
    const loaded = await tf.loadLayersModel(from);
    expect(weightsIn(loaded)).toEqual(weightsIn(model));
    const x = uniform([4, 3], 1);
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  }
  // A second save replaces the first and leaves no old file behind.
  model.setWeights(model.getWeights().map((weight) => tf.add(weight, 1)));
  await model.save(url);
  expect(weightsIn(await tf.loadLayersModel(url))).toEqual(weightsIn(model));
  const files = await readdir(join(folder, 'deep/model'));
  expect(files.sort()).toEqual(['model.json', expect.stringMatching(/^weights-[0-9a-f]{16}\.bin$/)]);
});

test('models that other tools have written are read', async () => {
  const model = make();
  await model.save(`file://${folder}/model`);
  const path = join(folder, 'model/model.json');
  const description = JSON.parse(await readFile(path, 'utf8'));
  const [own] = description.weightsManifest[0].paths;
  const weights = await readFile(join(folder, 'model', own));
  // Two files of weights, named as the Python converter names them.
  description.weightsManifest[0].paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
  await writeFile(join(folder, 'model/group1-shard1of2.bin'), weights.subarray(0, 10));
  await writeFile(join(folder, 'model/group1-shard2of2.bin'), weights.subarray(10));
  await writeFile(path, JSON.stringify(description));
  expect(weightsIn(await tf.loadLayersModel(`file://${path}`))).toEqual(weightsIn(model));
});

test('weights that are cut off or changed are refused', async () => {
  await make().save(`file://${folder}/model`);
  const [name] = (await readdir(join(folder, 'model'))).filter((file) => file.endsWith('.bin'));
  const path = join(folder, 'model', name!);
  const whole = await readFile(path);
  await truncate(path, whole.length - 4);
  await expect(tf.loadLayersModel(`file://${folder}/model`)).rejects.toThrow(
    /is not what was written.*Save the model again/,
  );
  whole[5]! ^= 1;
  await writeFile(path, whole);
  await expect(tf.loadLayersModel(`file://${folder}/model`)).rejects.toThrow(/is not what was written/);
});

test('a checkpoint is one file, from which training goes on', async () => {
  const to = `file://${folder}/runs/one.safetensors`;
  const data = datasetOf(3, (batch) => ({ xs: uniform([6, 3], batch), ys: wholeNumbers([6], 4, batch) }));
  const objectives = [{ output: 0, name: 'digit', loss: 'sparseCategoricalCrossentropy', priority: 0 }];
  const options = { objectives, combiner: remembering(), optimizer: 'adam' } as const;
  const named = () => {
    const dense = (units: number, name: string, rest: object = {}) => {
      return tf.layers.dense({ units, name, kernelInitializer: tf.initializers.ones(), ...rest });
    };
    const last = dense(4, 'digit', { activation: 'softmax' });
    return tf.sequential({ layers: [dense(5, 'trunk', { inputShape: [3], activation: 'relu' }), last] });
  };
  const [whole, first, second] = [named(), named(), named()];
  await fit(whole, data, { ...options, epochs: 3 });
  await fit(first, data, { ...options, epochs: 2, checkpoint: { to } });
  expect(await readdir(join(folder, 'runs'))).toEqual(['one.safetensors']);
  await fit(second, data, { ...options, epochs: 3, resumeFrom: to });
  expect(weightsIn(second)).toEqual(weightsIn(whole));
  const path = join(folder, 'runs/one.safetensors');
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length / 2));
  const resumed = () => fit(named(), data, { ...options, epochs: 3, resumeFrom: to });
  await expect(resumed()).rejects.toThrow(
    /one\.safetensors cannot be used: its \d+ bytes are not those that were written/,
  );
  await rm(path);
  await expect(resumed()).rejects.toThrow(/one\.safetensors cannot be used: .*ENOENT/);
  await first.save(`file://${folder}/model`);
  const model = { ...options, epochs: 3, resumeFrom: `file://${folder}/model` };
  await expect(fit(named(), data, model)).rejects.toThrow(/it is no checkpoint of this package/);
});

test('a file that cannot be put into its place leaves what was there, and nothing beside it', async () => {
  const path = join(folder, 'place');
  await mkdir(path);
  await writeFile(join(path, 'old'), 'old');
  await expect(writeWhole(path, new Uint8Array(3))).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['place']);
  expect(await readFile(join(path, 'old'), 'utf8')).toBe('old');
  await writeWhole(join(folder, 'file'), new Uint8Array([1]));
  await Promise.all([2, 3, 4].map((byte) => writeWhole(join(folder, 'file'), new Uint8Array([byte]))));
  expect((await readFile(join(folder, 'file')))[0]).toBeGreaterThan(1);
  expect((await readdir(folder)).sort()).toEqual(['file', 'place']);
});

test('the handler of another package goes first', async () => {
  const other = {
    save: async () => ({}) as tf.io.SaveResult,
    load: async () => ({}) as tf.io.ModelArtifacts,
  };
  const router = (url: string | string[]) => (String(url).startsWith('file://') ? other : null);
  expect(tf.io.getSaveHandlers('file://x')).toHaveLength(1);
  tf.io.registerSaveRouter(router as never);
  tf.io.registerLoadRouter(router as never);
  expect(tf.io.getSaveHandlers('file://x')).toEqual([other]);
  expect(tf.io.getLoadHandlers('file://x')).toEqual([other]);
  expect(tf.io.getLoadHandlers('indexeddb://x')).not.toContain(other);
});
