import type { BackendDefinition, CombinerDefinition, Plugin, TaskDefinition } from '@scalpel/core';
import { suggestion } from '@scalpel/core/nearest';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { Toolkit } from '../plan/index.ts';
import { checkPlugin } from './plugin-shape.ts';

const COMBINER: ServiceIdentifier<CombinerDefinition> = Symbol('combiner');
const TASK: ServiceIdentifier<TaskDefinition> = Symbol('task');
const BACKEND: ServiceIdentifier<BackendDefinition> = Symbol('backend');

/**
 * Collects what plugins provide. Throws for a value that is not a plugin, for two plugins of one name, and
 * for two definitions of one kind and id.
 */
export function createToolkit(...plugins: readonly Plugin[]): Toolkit {
  for (const plugin of plugins) checkPlugin(plugin);
  const names = plugins.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(
      `Two plugins are named "${twice}". Rename one; if they are the same, it was loaded twice: name it once.`,
    );
  }
  checkIds('combiner', plugins, ({ combiners }) => combiners);
  checkIds('task', plugins, ({ tasks }) => tasks);
  checkIds('backend', plugins, ({ backends }) => backends);

  const container = new Container();
  container.load(...plugins.map(moduleOf));
  const combiners = allOf(container, COMBINER);
  const tasks = allOf(container, TASK);
  const backends = allOf(container, BACKEND);
  return Object.freeze({
    plugins: Object.freeze(names),
    combiners,
    tasks,
    backends,
    combiner: (id) => find('combiner', combiners, id),
    task: (id) => find('task', tasks, id),
    backend: (id) => find('backend', backends, id),
  } satisfies Toolkit);
}

/** The bindings have no names, since `getAll` does not return named ones. */
function moduleOf({ combiners = [], tasks = [], backends = [] }: Plugin): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const combiner of combiners) bind(COMBINER).toConstantValue(Object.freeze(combiner));
    for (const task of tasks) bind(TASK).toConstantValue(Object.freeze(task));
    for (const backend of backends) bind(BACKEND).toConstantValue(Object.freeze(backend));
  });
}

function allOf<Definition>(
  container: Container,
  token: ServiceIdentifier<Definition>,
): readonly Definition[] {
  return Object.freeze(container.isBound(token) ? container.getAll(token) : []);
}

function checkIds(
  kind: string,
  plugins: readonly Plugin[],
  definitionsOf: (plugin: Plugin) => readonly { readonly id: string }[] | undefined,
): void {
  const owners = new Map<string, string>();
  for (const plugin of plugins) {
    for (const { id } of definitionsOf(plugin) ?? []) {
      const owner = owners.get(id);
      if (owner === plugin.name) {
        throw new Error(`Plugin "${owner}" has two ${kind}s with the id "${id}". Rename one.`);
      }
      if (owner !== undefined) {
        throw new Error(
          `Plugins "${owner}" and "${plugin.name}" both have a ${kind} with the id "${id}". ` +
            'Rename one, or load only one of the two.',
        );
      }
      owners.set(id, plugin.name);
    }
  }
}

function find<Definition extends { readonly id: string }>(
  kind: string,
  definitions: readonly Definition[],
  id: string,
): Definition {
  const found = definitions.find((definition) => definition.id === id);
  if (found) return found;
  const ids = definitions.map((definition) => definition.id);
  throw new Error(`There is no ${kind} "${id}". ${suggestion(id, ids)}`);
}
