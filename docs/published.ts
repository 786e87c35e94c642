import { readFileSync } from 'node:fs';
import { fromJsonLines, type RunRecord } from '@scalpel/bench';

// What the tests of docs/findings.md compare it with.

export const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** With each paragraph in one line, so that a claim is found wherever the page wraps it. */
export const page: string = read('findings.md').replace(/(?<=[^\n|])\n *(?=[^\s|#-]|-\S)/g, ' ');

export function recordsOf(suite: string): readonly RunRecord[] {
  return fromJsonLines(read(`../benchmarks/results/${suite}.jsonl`), `${suite}.jsonl`);
}

/** The cells of a method's row: the first one in the section with that heading, or behind `after` there. */
export function cells(suite: string, heading: string, method: string, after = ''): string[] {
  const table = read(`../benchmarks/results/${suite}.md`);
  const section = table.split('\n## ').find((part) => part.startsWith(`${heading}\n`))!;
  // Without a heading of its own the row is that of the ranking, which comes after the prices.
  const from = after ? section.indexOf(after) : Math.max(0, section.indexOf('### All settings'));
  const rows = section.slice(from).split('\n');
  return rows
    .map((row) => row.split(' | ').map((cell) => cell.replaceAll('|', '').trim()))
    .find((row) => row.includes(method))!;
}

/** Of "+0.17 ± 0.07" and the like. */
export function partsOf(estimate: string): { readonly value: number; readonly reach: number } {
  const [value, reach] = estimate.split(' ± ').map(Number);
  return { value: value!, reach: reach! };
}

/** The values of a metric for one method at one setting, in the order of the seeds; NaN for a run without a result. */
export function valuesOf(
  records: readonly RunRecord[],
  metric: string,
  combiner: string,
  options: Readonly<Record<string, unknown>> = {},
  task: Readonly<Record<string, unknown>> = {},
): readonly number[] {
  const has = (own: unknown, wanted: Readonly<Record<string, unknown>>) =>
    Object.entries(wanted).every(
      ([name, value]) => JSON.stringify((own as Record<string, unknown>)[name]) === JSON.stringify(value),
    );
  return records
    .filter(({ spec }) => spec.combiner.id === combiner)
    .filter(({ spec }) => has(spec.task.options, task) && has(spec.combiner.options, options))
    .sort((a, b) => a.spec.seed - b.spec.seed)
    .map(({ outcome }) => (outcome.state === 'finished' ? outcome.metrics[metric]! : Number.NaN));
}

export interface Estimate {
  readonly mean: number;
  /** Half of the 95 % interval. */
  readonly reach: number;
}

/** Student's t at 97.5 %, by the number of samples. */
const STUDENT: Readonly<Record<number, number>> = { 3: 4.303, 5: 2.776, 8: 2.365 };

export function estimateOf(values: readonly number[]): Estimate {
  const mean = meanOf(values);
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, reach: STUDENT[values.length]! * Math.sqrt(variance / values.length) };
}

/** Of a − b, seed by seed. */
export function differenceOf(a: readonly number[], b: readonly number[]): Estimate {
  return estimateOf(a.map((x, seed) => x - b[seed]!));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b) / values.length;
}

/** "+0.00950 ± 0.0027" */
export function signed({ mean, reach }: Estimate): string {
  return `${mean > 0 ? '+' : ''}${digits(mean, 3)} ± ${digits(reach, 2)}`;
}

export function digits(value: number, count: number): string {
  const text = value.toPrecision(count);
  return text.includes('e') ? String(Math.round(Number(text))) : text;
}

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
