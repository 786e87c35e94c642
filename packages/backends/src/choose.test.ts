import type { BackendDefinition, BackendProbe } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { chooseBackend, findBackend } from './choose.ts';

function backend(id: string, probe: Partial<BackendProbe>, start = async () => {}): BackendDefinition {
  const found = { works: true, detail: `the detail of ${id}`, ...probe };
  return { id, title: id, summary: id, version: 1, probe: async () => found, start };
}

const gpu = backend('node-gpu', { works: false, detail: 'CUDA is not there.', next: 'Install CUDA.' });
const emulated = backend('webgpu', { detail: 'SwiftShader', emulated: true });
const node = backend('node', {});
const wasm = backend('wasm', {});
const webgl = backend('webgl', {});
const cpu = backend('cpu', {});

test('auto takes the best that works, and says which and why', async () => {
  const { backend, reason } = await chooseBackend('auto', [cpu, wasm, webgl, node, emulated, gpu]);
  expect(backend).toBe(node);
  expect(reason).toBe(
    'node is the best that works here: the detail of node. Passed over: node-gpu (CUDA is not there); webgpu (SwiftShader).',
  );
});

test.each([
  [['node-gpu', 'webgpu', 'node', 'wasm', 'webgl', 'cpu'], 'node-gpu'],
  [['webgpu', 'node', 'wasm', 'webgl', 'cpu'], 'webgpu'],
  [['node', 'wasm', 'webgl', 'cpu'], 'node'],
  [['wasm', 'webgl', 'cpu'], 'wasm'],
])('of %j auto takes %s, in whatever order they are listed', async (ids, best) => {
  const all = ids.map((id) => backend(id, {}));
  expect((await findBackend('auto', all)).backend.id).toBe(best);
  expect((await findBackend('auto', all.toReversed())).backend.id).toBe(best);
});

test('auto goes on when a backend that should work does not start or cannot be looked at', async () => {
  const fails = async () => {
    throw new Error('The driver is broken.');
  };
  const broken = { ...backend('node-gpu', {}), probe: fails };
  const { backend: taken, reason } = await chooseBackend('auto', [
    broken,
    backend('webgpu', {}, fails),
    wasm,
  ]);
  expect(taken).toBe(wasm);
  expect(reason).toContain('Passed over: node-gpu (The driver is broken); webgpu (The driver is broken).');
});

test('auto never falls back on what is slow: then it is an error with the reasons', async () => {
  await expect(chooseBackend('auto', [gpu, emulated, webgl, cpu])).rejects.toThrow(
    'No backend works here: node-gpu (CUDA is not there); webgpu (SwiftShader). Name one: node-gpu, webgpu, webgl, cpu.',
  );
});

test('what is asked for by name is started, emulated or not, and nothing else', async () => {
  const started: string[] = [];
  const all = ['webgpu', 'wasm', 'cpu'].map((id) =>
    backend(id, { emulated: id === 'webgpu' }, async () => {
      started.push(id);
    }),
  );
  for (const id of ['cpu', 'webgpu']) expect((await chooseBackend(id, all)).backend.id).toBe(id);
  expect(started).toEqual(['cpu', 'webgpu']);
  await findBackend('wasm', all);
  await findBackend('auto', all);
  expect(started).toEqual(['cpu', 'webgpu']);
});

test('what is asked for by name and cannot start is an error with the next step, not another backend', async () => {
  await expect(chooseBackend('node-gpu', [gpu, wasm])).rejects.toThrow(
    'Backend node-gpu does not work here: CUDA is not there. Install CUDA.',
  );
  const unwilling = backend('webgpu', {}, async () => {
    throw new Error('The device was taken away.');
  });
  await expect(chooseBackend('webgpu', [unwilling, wasm])).rejects.toThrow('The device was taken away.');
  await expect(chooseBackend('webgpus', [wasm, cpu])).rejects.toThrow(
    'There is no backend "webgpus". Known: auto, wasm, cpu.',
  );
});

test('WebGL in Node is an error that says where it works', async () => {
  await expect(chooseBackend('webgl')).rejects.toThrow(/browsers alone\. Use .*'webgpu'/);
});

test('of our own, auto takes one that trains here', async () => {
  const { backend, reason } = await chooseBackend();
  expect(['node-gpu', 'webgpu', 'node', 'wasm']).toContain(backend.id);
  expect(tf.getBackend()).not.toBe('cpu');
  expect(reason).toMatch(/is the best that works here/);
});
