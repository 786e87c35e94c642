import type { Method } from '@scalpel/bench';

/** The first of so many objectives, and nothing else. Budgets count from its main loss. */
export function mainAlone(objectives = 2): Method {
  const weights = Array.from({ length: objectives }, (_, index) => (index === 0 ? 1 : 0));
  return { label: 'Main alone', combiner: 'constant', options: { weights } };
}

/** What a suite with this method and Bloop says beforehand. */
export const price = { alone: 'Main alone', named: 'Bloop' } as const;

/** The axes of the noisy quadratics. */
export const quadraticsAxes = [
  // About the losses before the first step: a run that ends with worse ones has gained nothing. The main loss
  // comes near 0, so budgets count its fall from its mean over the seeds, 5200.
  { objective: 'main', reference: 5500, scale: 'log', unit: { start: 5200 } },
  { objective: 'auxiliary', reference: 15_000 },
] as const;

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
