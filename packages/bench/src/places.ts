import type { Leaderboard } from './leaderboard.ts';

/** One line about each place where runs were made; commits of one place share it. */
export function placesOf({ environments, backend }: Leaderboard): string[] {
  const lines = environments.map(({ backend: detail, tfjs, node, os, cpu, cores, commit }) => ({
    place: `Backend ${backend.id} (${detail}), TensorFlow.js ${tfjs}, Node ${node}, ${os}, ${cpu}, ${cores} cores`,
    commit,
  }));
  return [...Map.groupBy(lines, ({ place }) => place)].map(([place, same]) => {
    const commits = [...new Set(same.flatMap(({ commit }) => commit ?? []))].sort();
    if (commits.length === 0) return place;
    return `${place}, commit${commits.length > 1 ? 's' : ''} ${commits.join(', ')}`;
  });
}
