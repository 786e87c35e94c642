import type { Leaderboard } from '../leaderboard/index.ts';
import type { Environment } from '../records/index.ts';
import { formatDigits } from '../text/index.ts';

/** The amount of computation: "155 runs, 89 minutes of training in all, by the clock". */
export function effortOf({ effort: { runs, seconds } }: Leaderboard): string {
  return `${runs} ${runs === 1 ? 'run' : 'runs'}, ${formatDigits(seconds / 60, 2)} minutes of training in all, by the clock`;
}

/**
 * The amount of computation, and one line for each machine and backend with the commits of its runs. Empty
 * without runs.
 */
export function machinesOf(leaderboard: Leaderboard): string[] {
  const { environments, backend, effort } = leaderboard;
  if (effort.runs === 0) return [];
  const lines = environments.map(({ backend: detail, tfjs, node, os, cpu, cores, commit, checked }) => ({
    machine: `Backend ${backend.id} (${detail}), TensorFlow.js ${tfjs}, Node ${node}, ${os}, ${cpu}, ${cores} cores${checkText(checked)}`,
    commit,
  }));
  const machines = [...Map.groupBy(lines, ({ machine }) => machine)].map(([machine, same]) => {
    const commits = [...new Set(same.flatMap(({ commit }) => commit ?? []))].sort();
    if (commits.length === 0) return machine;
    return `${machine}, commit${commits.length > 1 ? 's' : ''} ${commits.join(', ')}`;
  });
  return [effortOf(leaderboard), ...machines];
}

/** Empty if a record is older than the checks of backends. */
function checkText(checked: Environment['checked']): string {
  if (checked === undefined) return '';
  if (checked === null) return ', backend not checked';
  return checked.passed ? ', backend checked' : ', backend failed its check';
}
