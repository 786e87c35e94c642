import type { Method, Range, Search, Tuning } from '@scalpel/bench';

/** What the methods of one task search. */
export interface Searched {
  /** The strength of the lesser levels. */
  readonly lambda: NonNullable<Search['options']>[string];
  /** The weight of the newest gradient in Bloop's average. */
  readonly rho: Range;
  /** Options of the task that regularise the main objective. */
  readonly task?: Search['task'];
  /** Early stopping of main alone, for tasks with validation data. */
  readonly patience?: Search['patience'];
}

export const log = (from: number, to: number): Range => ({ from, to, scale: 'log' });

/** Regularisation of the networks for images. The weight decay is decoupled, so it is multiplied by the rate. */
export const regularised: NonNullable<Search['task']> = {
  weightDecay: log(1e-4, 1),
  dropout: [null, 0.1, 0.25, 0.5],
};

/** Ten seeds are reported. Others choose the settings. */
export const seeds: { readonly reported: readonly number[]; readonly tuning: readonly number[] } = {
  reported: Array.from({ length: 10 }, (_, seed) => seed),
  tuning: [100, 101],
};

/**
 * Factors on the task's learning rate: around one that was chosen for runs as long as these, and mostly above
 * one that was chosen for longer runs.
 */
export const rates: Readonly<Record<'around' | 'above', Range>> = {
  around: log(0.25, 4),
  above: log(0.5, 16),
};

/** 24 trials of each method. Tasks whose runs take under 5 s have 48. */
export function tuning(trials: 24 | 48, rate: Range): Tuning {
  return { trials, seeds: seeds.tuning, rate, curve: 24, meanWeights: true };
}

/** The comparison that counts is named before any run. */
export const price = { alone: 'Main alone', named: 'Bloop' } as const;

/** Main alone; what it regularises, and when it stops, is searched with as many trials as any method has. */
function mainAlone({ task = {}, patience }: Searched, objectives: number): Method {
  const weights = Array.from({ length: objectives }, (_, index) => (index === 0 ? 1 : 0));
  return {
    label: price.alone,
    combiner: 'constant',
    options: { weights },
    tune: { task, ...(patience && { patience }) },
  };
}

/** Plain mixing, also over a dense grid of weights, and with the regularisation that main alone has. */
function mixing({ lambda, task }: Searched): readonly Method[] {
  const mixed = { combiner: 'mixed' };
  return [
    { label: 'Mixed', ...mixed, tune: { options: { lambda } } },
    { label: 'Mixed, dense', ...mixed, tune: { options: { lambda }, rate: false } },
    ...(task ? [{ label: 'Mixed, regularised', ...mixed, tune: { options: { lambda }, task } }] : []),
  ];
}

function bloops({ lambda, rho }: Searched): readonly Method[] {
  return [
    {
      label: 'Bloop, no EMA',
      combiner: 'bloop',
      options: { rho: 1, update: 'before' },
      tune: { options: { lambda } },
    },
    { label: 'Bloop', combiner: 'bloop', tune: { options: { lambda, rho } } },
  ];
}

/** The methods of the paper on two levels beside all baselines, with the same number of trials. */
export function tunedMethods(searched: Searched): readonly Method[] {
  const { lambda } = searched;
  return [
    mainAlone(searched, 2),
    ...mixing(searched),
    { label: 'Random weights', combiner: 'rlw', tune: {} },
    { label: 'PCGrad', combiner: 'pcgrad', tune: { options: { lambda } } },
    { label: 'MGDA', combiner: 'mgda', tune: { options: { normalize: ['none', 'length', 'loss', 'both'] } } },
    { label: 'Dynamic barrier', combiner: 'dynamic-barrier', tune: { options: { lambda } } },
    ...bloops(searched),
  ];
}

/** Those methods that take one lambda for each level, on this number of levels. */
export function tunedLevels(searched: Searched, levels: number): readonly Method[] {
  return [mainAlone(searched, levels), ...mixing(searched), ...bloops(searched)];
}
