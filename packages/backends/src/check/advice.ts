import { isCorrected } from '../corrections.ts';
import { titleOf } from './report.ts';
import type { CheckedDevice, FindingFacts } from './types.ts';

/** Advice on a result that is wrong. */
export function adviceOn(finding: FindingFacts, { backend: name, bits }: CheckedDevice): string {
  const { kind, repeats } = finding;
  return [
    ...(repeats ? [] : [UNSTEADY]),
    ...(bits === 16 ? [HALF] : []),
    `Until it is right, train on another backend, such as ${name === 'wasm' ? 'cpu' : 'wasm'}, or without ${titleOf(finding)}.`,
    kind === 'kernel' || kind === 'gradient' ? whose(finding, name) : OTHERS[kind],
  ].join(' ');
}

/** Advice on a device that no longer computes. */
export function adviceOnLostDevice({ name }: FindingFacts, { backend }: CheckedDevice): string {
  return (
    `Start the device again (a new page or process), and check ${name} alone: only: ['${name}']. If it is lost again, that computation is to blame: ` +
    `update the driver, train on another backend, such as ${backend === 'wasm' ? 'cpu' : 'wasm'}, and report it. If not, look for what else uses the device, and its memory.`
  );
}

const UNSTEADY =
  'The same computation was right when it was made once more: another kernel spoils memory, or the device is not steady. Check again with other seeds.';

const HALF = 'This device computes in 16 bits, and errors of a thousandth are what that gives.';

const OTHERS = {
  rows: 'These passes are Scalpel’s own: report it to Scalpel.',
  training:
    'No kernel and no gradient in it is wrong alone: a kernel that spoils memory shows in this way. Report it to Scalpel, with the networks of other seeds that are wrong.',
  device: '',
};

/** Says who makes the kernel, and how to find out which of two is at fault. */
function whose({ kind, name }: FindingFacts, backend: string): string {
  if (kind === 'kernel' && !isCorrected(name, backend))
    return 'The kernel is TensorFlow.js’s own: report it there, https://github.com/tensorflow/tfjs/issues.';
  const what =
    kind === 'kernel'
      ? 'Scalpel corrects this kernel'
      : 'Scalpel corrects many gradients, and kernels that they use';
  return (
    `${what}. To see what TensorFlow.js alone makes of it, call tf.setBackend('${backend}') in a new page or process, instead of what this package starts it with, ` +
    `and compute the same input. If that is right, report it to Scalpel; if it is as wrong, to https://github.com/tensorflow/tfjs/issues.`
  );
}
