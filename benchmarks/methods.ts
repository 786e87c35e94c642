import type { Method } from '@scalpel/bench/suite';

/** The methods of the paper's experiments at the same values of lambda, and MGDA, which has none. */
export function paperMethods(lambda: readonly number[]): readonly Method[] {
  return [
    { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
    { label: 'PCGrad', combiner: 'pcgrad', sweep: { lambda } },
    { label: 'MGDA', combiner: 'mgda' },
    { label: 'Dynamic barrier', combiner: 'dynamic-barrier', sweep: { lambda } },
    { label: 'Bloop, no EMA', combiner: 'bloop', options: { rho: 1, update: 'before' }, sweep: { lambda } },
    { label: 'Bloop', combiner: 'bloop', options: { rho: 0.01 }, sweep: { lambda } },
  ];
}
