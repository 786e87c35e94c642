import type { CombinerDefinition, TaskDefinition } from '@scalpel/core';
import type { RunSpec, Toolkit } from '../plan/index.ts';
import type { Code, RunRecord } from './record.ts';

const hashes = new WeakMap<object, () => string>();

/**
 * Keeps, for a definition, the function that finds the hash of its source. The code that loads a definition
 * calls this.
 */
export function rememberCode(definition: TaskDefinition | CombinerDefinition, hash: () => string): void {
  hashes.set(definition, hash);
}

/** The known source hashes of everything that is loaded, by id. */
export interface Codes {
  readonly tasks: Readonly<Record<string, string>>;
  readonly combiners: Readonly<Record<string, string>>;
}

/** The source hashes of all definitions in a toolkit. Definitions without a known hash are left out. */
export function codesOf({ tasks, combiners }: Toolkit): Codes {
  const known = (definitions: Toolkit['tasks'] | Toolkit['combiners']) =>
    Object.fromEntries(
      definitions.flatMap((definition) => {
        const hash = hashes.get(definition);
        return hash === undefined ? [] : [[definition.id, hash()]];
      }),
    );
  return { tasks: known(tasks), combiners: known(combiners) };
}

/** The hashes for one run; undefined if they are not known. */
export function codeOf({ task, combiner }: RunSpec, codes: Codes): Code | undefined {
  const [own, other] = [codes.tasks[task.id], codes.combiners[combiner.id]];
  return own === undefined || other === undefined ? undefined : { task: own, combiner: other };
}

/** Today's hash for each hash in older records that was computed in another way. */
export type FormerHashes = Readonly<Record<string, string>>;

/**
 * A line about records whose code differs from the loaded code although the version is the same. Null if
 * there are none. Older records without a hash are left out.
 */
export function changedCode(
  records: readonly RunRecord[],
  toolkit: Toolkit,
  former: FormerHashes = {},
): string | null {
  const telling = records.filter(({ environment: { code } }) => code !== undefined);
  if (telling.length === 0) return null;
  const codes = codesOf(toolkit);
  const changed = telling.flatMap(({ spec, environment: { code } }) => {
    const now = codeOf(spec, codes);
    if (code === undefined || now === undefined) return [];
    const names = [
      ...(differ(code.task, now.task, former) ? [`task "${spec.task.id}"`] : []),
      ...(differ(code.combiner, now.combiner, former) ? [`combiner "${spec.combiner.id}"`] : []),
    ];
    return names.length > 0 ? [names] : [];
  });
  if (changed.length === 0) return null;
  const names = [...new Set(changed.flat())].sort().join(', ');
  return (
    `The code of ${names} has changed since ${changed.length} of these ${records.length} runs were made, and its version has not. ` +
    'If that changes results, raise the version in the definition: then they are made again.'
  );
}

/**
 * True if two hashes differ. The text before the hyphen names the method of a hash; hashes of different
 * methods cannot be compared.
 */
function differ(recorded: string, now: string, former: FormerHashes): boolean {
  const then = former[recorded] ?? recorded;
  const wayOf = (hash: string) => hash.slice(0, hash.indexOf('-') + 1);
  return wayOf(then) === wayOf(now) && then !== now;
}
