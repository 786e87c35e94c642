import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { FORMAT } from '../checkpoint/store.ts';
import { writeWhole } from './whole-file.ts';

/** The file in a model's folder that describes the model, as TensorFlow.js always names it. */
const MODEL = 'model.json';

/**
 * Stores models in folders (`model.json` and a file of weights) and checkpoints in files. The old content
 * stays until the new one is complete.
 */
export function fileHandler(path: string): Required<io.IOHandler> {
  return {
    save: async (artifacts) => {
      const weights = new Uint8Array(io.CompositeArrayBuffer.join(artifacts.weightData));
      if (artifacts.format === FORMAT) {
        await mkdir(dirname(path), { recursive: true });
        await writeWhole(path, weights);
      } else {
        await saveModel(path, artifacts, weights);
      }
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    },
    load: async () => {
      const isFolder = (await stat(path)).isDirectory();
      if (isFolder || path.endsWith('.json')) return loadModel(isFolder ? join(path, MODEL) : path);
      return { format: FORMAT, weightData: bufferOf(await readFile(path)) };
    },
  };
}

/**
 * The name of the weights file holds a hash. So the description, old or new, always names the weights that
 * belong to it.
 */
async function saveModel(
  folder: string,
  { weightSpecs = [], weightData: _, getWeightStream: __, ...description }: io.ModelArtifacts,
  weights: Uint8Array,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const before = await ownWeights(join(folder, MODEL));
  const name = `weights-${hashOf(weights)}.bin`;
  await writeWhole(join(folder, name), weights);
  const weightsManifest = [{ paths: [name], weights: weightSpecs }];
  await writeWhole(join(folder, MODEL), Buffer.from(JSON.stringify({ ...description, weightsManifest })));
  for (const old of before) if (old !== name) await rm(join(folder, old), { force: true });
}

async function loadModel(path: string): Promise<io.ModelArtifacts> {
  const description = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON;
  return io.getModelArtifactsForJSON(description, async (manifest) => {
    const paths = manifest.flatMap((group) => group.paths);
    const parts = await Promise.all(paths.map((name) => readFile(join(dirname(path), name))));
    for (const [index, name] of paths.entries()) checkHash(name, parts[index]!);
    return [io.getWeightSpecs(manifest), bufferOf(Buffer.concat(parts))];
  });
}

/**
 * The weights files that this handler wrote for a model. Empty if there is no model or its description cannot
 * be read.
 */
async function ownWeights(path: string): Promise<string[]> {
  try {
    const { weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON;
    return weightsManifest.flatMap(({ paths }) => paths).filter((name) => hashIn(name) !== null);
  } catch {
    return [];
  }
}

function checkHash(name: string, bytes: Uint8Array): void {
  const hash = hashIn(name);
  if (hash === null || hash === hashOf(bytes)) return;
  throw new Error(`${name} is not what was written: it was cut off or changed. Save the model again.`);
}

function hashIn(name: string): string | null {
  return /^weights-([0-9a-f]{16})\.bin$/.exec(name)?.[1] ?? null;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
