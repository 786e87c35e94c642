import type { CheckedDevice, FindingFacts } from './types.ts';

/** A finding as plain text, for the makers of the kernel. */
export function reportOf(finding: FindingFacts, seed: number, device: CheckedDevice): string {
  const { kind, name, input, actual, expected, wrong, repeats, consequences } = finding;
  const { backend, detail, tfjs, version } = device;
  const title =
    kind === 'device'
      ? `The backend ${backend} does not compute any more after ${name}`
      : `${capital(titleOf(finding))} is wrong on the backend ${backend}`;
  const lines = [
    title,
    '',
    `Input:     ${input}`,
    `Came out:  ${actual}`,
    `Right:     ${expected}`,
    `Seen:      ${wrong} times${repeats ? '' : '; right when computed once more'}`,
    ...(consequences.length === 0 ? [] : [`Also wrong: ${listed(consequences)}`]),
    '',
    `Device:    ${detail}`,
    `Versions:  TensorFlow.js ${tfjs}, @scalpel/backends ${version}`,
    `System:    ${systemOf()}`,
    '',
    'What is right was computed in float64, by the kernels of the cpu backend.',
    `To see it again, with ${backend} as the current backend:`,
    '',
    `    await checkBackend({ seed: ${seed}, draws: 1, trainings: 1, only: ['${name}'] });`,
  ];
  return lines.join('\n');
}

/** A title such as "the gradient of Elu". */
export function titleOf({ kind, name }: Pick<FindingFacts, 'kind' | 'name'>): string {
  switch (kind) {
    case 'gradient':
      return `the gradient of ${name}`;
    case 'rows':
      return 'the passes over rows';
    case 'training':
      return 'training';
    default:
      return name;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The number of names that are enough to recognize the computation. */
const NAMES = 8;

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES;
  return rest > 0 ? `${names.slice(0, NAMES).join(', ')} and ${rest} more` : names.join(', ');
}

/** The browser, or Node. */
function systemOf(): string {
  const { versions, platform, arch } = (globalThis.process ?? {}) as Partial<NodeJS.Process>;
  if (versions?.node) return `Node ${versions.node} on ${platform} ${arch}`;
  return globalThis.navigator?.userAgent ?? 'unknown';
}
