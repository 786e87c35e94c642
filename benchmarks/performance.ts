/**
 * Runs the benchmarks one after another, each in a process of its own, and writes their output into
 * PERFORMANCE.md.
 *
 *     pnpm performance                  all of them: about ten minutes, on a machine that does nothing else
 *     pnpm performance peers/combine    only this section; the others stay as they are
 *     pnpm performance --short          small sizes; writes nothing, and fails only on wrong answers
 *
 * A benchmark prints its section as Markdown, heading first, and ends with an error if two sides disagree.
 * The peers need Python with the packages in their `requirements.txt`. `SCALPEL_PYTHON` is its path.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { plugin } from '@scalpel/backends/choose';
import { describeEnvironment } from '@scalpel/bench/sweep';

const BENCHMARKS = [
  'peers/rows',
  'peers/combine',
  'peers/step',
  'peers/examples',
  'micro/trainer-step',
  'micro/training-step',
  'micro/growth',
  'micro/memory',
  'micro/gradients',
  'peers/backends',
];
const REPORT = new URL('PERFORMANCE.md', import.meta.url);
const HEAD = `# Performance

Written by \`pnpm performance\`; do not edit. Times are medians of rounds in which all sides take turns, in one run on one machine.
A ratio is the median, over the rounds, of the other side's time divided by ours: above 1, ours is faster.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !BENCHMARKS.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". There are: ${BENCHMARKS.join(', ')}.`);
  process.exit(1);
}

const { node, tfjs, backend, os, cpu, cores, commit } = await describeEnvironment(
  plugin.backends!.find(({ id }) => id === 'wasm')!,
);
const date = new Date().toISOString().slice(0, 10);
const environment = `*${date}, commit ${commit}: Node ${node}, tfjs ${tfjs}, ${backend}, ${cores} cores of ${cpu}, ${os}.*`;

const sections = sectionsOf(existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '');
for (const name of positionals.length > 0 ? positionals : BENCHMARKS) {
  const printed = await run(name);
  if (printed === null) {
    console.error(`${name} failed: its section stays as it was.\n`);
    process.exitCode = 1;
  } else {
    sections.set(name, `${printed.trim()}\n\n${environment}\n`);
  }
}
if (!values.short) {
  const written = BENCHMARKS.filter((name) => sections.has(name));
  writeFileSync(
    REPORT,
    [HEAD, ...written.map((name) => `<!-- ${name} -->\n${sections.get(name)}`)].join('\n'),
  );
}

/** Runs a benchmark and shows its output at once. Returns the output, or null if the benchmark failed. */
async function run(name: string): Promise<string | null> {
  const script = new URL(`${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...(values.short ? ['--short'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdout.on('data', (data) => process.stdout.write(data));
  const printed = await text(child.stdout);
  console.log();
  return (await ended) === 0 ? printed : null;
}

function sectionsOf(report: string): Map<string, string> {
  const [, ...parts] = report.split(/^<!-- (.+) -->\n/m);
  const names = parts.filter((_, index) => index % 2 === 0);
  return new Map(names.map((name, index) => [name, `${parts[2 * index + 1]!.trim()}\n`]));
}
