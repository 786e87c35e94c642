import type { BackendCheck, CheckFinding } from '@scalpel/backends';
import type { CheckResult } from './check-process.ts';

/** The result of a check, for people: one line, and for each finding its report and the next step. */
export function checkText({ id, detail, next, works, check, problem }: CheckResult): string {
  if (!works) return `${id} does not work here: ${detail}${next === undefined ? '' : `\n→ ${next}`}`;
  if (problem !== undefined)
    return `${id} did not survive its check. ${problem}.\n→ Train on another backend, update the driver, and check again.`;
  if (check === undefined) return `${id} was not checked.`;
  const { findings, missing } = check;
  const lacks =
    missing.length === 0 ? [] : [`It has no kernel for ${missing.join(', ')}: what needs one is refused.`];
  if (check.passed) return [`${id} is right: ${comparedText(check)}.`, ...lacks].join('\n');
  const places = findings.length === 1 ? 'one thing is' : `${findings.length} things are`;
  const left = check.left === 0 ? [] : [`${check.left} computations were not made, for it was lost.`];
  return [
    `${id} is wrong: ${places} not as in float64 (${comparedText(check)}).`,
    ...left,
    ...lacks,
    ...findings.map(findingText),
  ].join('\n');
}

function comparedText({ compared, seconds }: BackendCheck): string {
  const { kernel, gradient, rows, training } = compared;
  return `${kernel} kernels, ${gradient} gradients, ${rows} passes over rows and ${training} trainings compared in ${Math.ceil(seconds)} s`;
}

function findingText({ report, advice }: CheckFinding, index: number): string {
  const [title, ...lines] = report.split('\n');
  return [
    '',
    `${index + 1}. ${title}`,
    ...lines.map((line) => `   ${line}`.trimEnd()),
    '',
    `   → ${advice}`,
  ].join('\n');
}
