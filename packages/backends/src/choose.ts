import { type BackendDefinition, type BackendProbe, definePlugin, type Plugin } from '@scalpel/core';
import { backends as own } from './definitions.ts';

/** Every backend of this package, for `createToolkit` and the `scalpel` command. */
export const plugin: Plugin = definePlugin({ name: '@scalpel/backends', backends: own });

/** A name that `chooseBackend` takes: the id of a backend, or 'auto' for the best one that works here. */
export type BackendName = 'auto' | 'webgpu' | 'node-gpu' | 'node' | 'wasm' | 'webgl' | 'cpu';

/** A backend, and the reason why it was taken. */
export interface BackendChoice {
  readonly backend: BackendDefinition;
  /** One sentence for people: which backend it is, and which ones were passed over and why. */
  readonly reason: string;
}

/** The backends that 'auto' tries, the fastest first. */
const PREFERRED: readonly string[] = ['node-gpu', 'webgpu', 'node', 'wasm'];

/**
 * Makes a backend the current one of TensorFlow.js. The answer says which one it is and why.
 *
 * 'auto' starts the first of these that works: node-gpu, WebGPU on a real GPU, node, wasm. An id starts that
 * backend.
 *
 * Throws if the name is unknown, if the backend does not work here, or if 'auto' finds none that does. The
 * error says what to do next.
 */
export async function chooseBackend(
  name: BackendName | (string & {}) = 'auto',
  backends: readonly BackendDefinition[] = own,
): Promise<BackendChoice> {
  return choose(name, backends, ({ start }) => start());
}

/**
 * Makes the same choice from the backends' own probes, without starting any of them. It throws as
 * `chooseBackend` does.
 */
export async function findBackend(
  name: BackendName | (string & {}),
  backends: readonly BackendDefinition[] = own,
): Promise<BackendChoice> {
  return choose(name, backends, async () => {});
}

async function choose(
  name: string,
  backends: readonly BackendDefinition[],
  start: (backend: BackendDefinition) => Promise<void>,
): Promise<BackendChoice> {
  if (name !== 'auto') {
    const backend = named(name, backends);
    const { works, detail, next } = await backend.probe();
    if (!works)
      throw new Error(`Backend ${name} does not work here: ${sentence(detail)} ${next ?? ''}`.trim());
    await start(backend);
    return { backend, reason: `${name} was asked for: ${sentence(detail)}` };
  }
  const passed: string[] = [];
  for (const id of PREFERRED) {
    const backend = backends.find((one) => one.id === id);
    if (backend === undefined) continue;
    try {
      const probe = await backend.probe();
      const objection = objectionTo(probe);
      if (objection === undefined) {
        await start(backend);
        const others = passed.length === 0 ? '' : ` Passed over: ${passed.join('; ')}.`;
        return { backend, reason: `${id} is the best that works here: ${sentence(probe.detail)}${others}` };
      }
      passed.push(`${id} (${objection})`);
    } catch (error) {
      passed.push(`${id} (${plain(error instanceof Error ? error.message : String(error))})`);
    }
  }
  throw new Error(`No backend works here: ${passed.join('; ')}. Name one: ${idsOf(backends)}.`);
}

function named(name: string, backends: readonly BackendDefinition[]): BackendDefinition {
  const backend = backends.find(({ id }) => id === name);
  if (backend === undefined)
    throw new Error(`There is no backend "${name}". Known: auto, ${idsOf(backends)}.`);
  return backend;
}

function objectionTo({ works, emulated, detail }: BackendProbe): string | undefined {
  return works && !emulated ? undefined : plain(detail);
}

function idsOf(backends: readonly BackendDefinition[]): string {
  return backends.map(({ id }) => id).join(', ');
}

function sentence(text: string): string {
  return `${plain(text)}.`;
}

function plain(text: string): string {
  return text.trim().replace(/\.$/, '');
}
