import { dispose, engine, profile, setBackend } from '@tensorflow/tfjs-core';
import type { Difference } from '../testing/agreement.ts';
import { adviceOn, adviceOnLostDevice } from './advice.ts';
import type { Comparison } from './comparison.ts';
import { reportOf, titleOf } from './report.ts';
import type { Wrong } from './search.ts';
import type { CheckedDevice, CheckFinding, CheckKind, FindingFacts } from './types.ts';

/** The wrong results of one kind and name. */
export interface Found extends Wrong {
  /** The number of wrong results. */
  readonly wrong: number;
}

/** The kinds from simple to complex: each one is made of earlier ones. */
const ORDER: readonly CheckKind[] = ['kernel', 'gradient', 'rows', 'training'];

/**
 * Makes the findings. A finding that only uses something else that is wrong is listed among the consequences
 * of that.
 */
export async function findingsOf(found: readonly Found[], device: CheckedDevice): Promise<CheckFinding[]> {
  const used = new Map<Found, ReadonlySet<string>>();
  for (const one of found) used.set(one, await kernelsIn(one.comparison));
  const causes = new Map(found.map((one) => [one, found.filter((other) => isCause(other, one, used))]));
  const roots = found.filter((one) => causes.get(one)!.length === 0);
  // Findings that use each other in a ring have no root, so each is listed.
  const told = found.filter((one) => !causes.get(one)!.some((cause) => roots.includes(cause)));
  return told.map((one) => {
    const others = found.filter((other) => causes.get(other)!.includes(one));
    const facts = factsOf(
      one,
      others.map(({ comparison }) => titleOf(comparison)),
    );
    return finished(facts, one.comparison.seed, device);
  });
}

/** The finding about the computation during which the device was lost. */
export function lostDeviceFinding(
  { comparison, difference }: { readonly comparison: Comparison; readonly difference: Difference },
  device: CheckedDevice,
): CheckFinding {
  const facts = factsOf({ comparison, difference, wrong: 1, repeats: true }, []);
  return finished({ ...facts, kind: 'device' }, comparison.seed, device);
}

function finished(facts: FindingFacts, seed: number, device: CheckedDevice): CheckFinding {
  const advice = facts.kind === 'device' ? adviceOnLostDevice(facts, device) : adviceOn(facts, device);
  return { ...facts, advice, report: reportOf(facts, seed, device) };
}

function factsOf(
  { comparison, difference, wrong, repeats }: Found,
  consequences: readonly string[],
): FindingFacts {
  const { kind, name, input } = comparison;
  return { kind, name, input, ...difference, wrong, repeats, consequences };
}

/** Whether `one` uses the wrong kernel of `cause`, or contains its gradient. */
function isCause(cause: Found, one: Found, used: ReadonlyMap<Found, ReadonlySet<string>>): boolean {
  const [earlier, later] = [cause, one].map(({ comparison }) => ORDER.indexOf(comparison.kind)) as [
    number,
    number,
  ];
  if (earlier > later || !used.get(one)!.has(cause.comparison.name)) return false;
  if (earlier < later) return true;
  // If two use each other, neither is the cause.
  return cause.comparison.name !== one.comparison.name && !used.get(cause)!.has(one.comparison.name);
}

/** The names of the kernels that a computation runs. The cpu backend runs the same ones. */
async function kernelsIn({ compute }: Comparison): Promise<ReadonlySet<string>> {
  await setBackend('cpu');
  try {
    const { kernelNames } = await profile(() => dispose(compute()));
    return new Set(kernelNames);
  } catch {
    // If the cpu backend refuses the computation, its kernels are unknown.
    engine().state.profiling = false;
    return new Set();
  }
}
