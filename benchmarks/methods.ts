import type { Method } from '@scalpel/bench';

/**
 * The methods of the paper's experiments at the same values of lambda, and MGDA, which has no lambda. `rho`
 * is the rate of Bloop's average, in (0, 1].
 */
export function paperMethods(lambda: readonly number[], rho = 0.01): readonly Method[] {
  return [
    { label: 'Mixed', combiner: 'mixed', sweep: { lambda } },
    { label: 'PCGrad', combiner: 'pcgrad', sweep: { lambda } },
    { label: 'MGDA', combiner: 'mgda' },
    { label: 'Dynamic barrier', combiner: 'dynamic-barrier', sweep: { lambda } },
    { label: 'Bloop, no EMA', combiner: 'bloop', options: { rho: 1, update: 'before' }, sweep: { lambda } },
    { label: 'Bloop', combiner: 'bloop', options: { rho }, sweep: { lambda } },
  ];
}
