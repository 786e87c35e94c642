/**
 * Growth of the time of the passes *gram* and *map* on the wasm backend: with the number of parameters, of
 * rows, and of variables. Writes the plots of PERFORMANCE.md.
 *
 *     node benchmarks/micro/growth.ts [--short]
 */
import { writeFileSync } from 'node:fs';
import { startWasm } from '@scalpel/backends';
import { type Curve, renderCurvesSvg } from '@scalpel/bench/report';
import { combinations, innerProducts } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { digits, isShort, median, table } from '../measure.ts';

interface Case {
  readonly parameters: number;
  readonly variables: number;
  readonly gradients: number;
  readonly averages: number;
}

interface Times {
  readonly gram: number;
  readonly map: number;
}

const fillOf = (row: number) => (row + 1) / 64;

/** Median milliseconds. @throws if an answer is wrong. */
async function measure(problem: Case): Promise<Times> {
  const elements = problem.parameters * (problem.gradients + problem.averages);
  const rounds = isShort ? 1 : elements > 2e8 ? 3 : elements > 1e6 ? 11 : 51;
  const times: Times[] = [];
  for (let round = 0; round <= rounds; round++) times.push(await once(problem));
  const counted = times.slice(1);
  return { gram: median(counted.map(({ gram }) => gram)), map: median(counted.map(({ map }) => map)) };
}

async function once({ parameters, variables, gradients, averages }: Case): Promise<Times> {
  const sizes = Array.from(
    { length: variables },
    (_, variable) =>
      Math.floor(((variable + 1) * parameters) / variables) - Math.floor((variable * parameters) / variables),
  );
  const rows: tf.Tensor[][] = [];
  try {
    for (let row = 0; row < gradients + averages; row++) {
      rows.push([]);
      for (const size of sizes) rows[row]!.push(tf.fill([size], fillOf(row)));
    }
    const start = performance.now();
    const { byVariable } = await innerProducts(rows);
    const between = performance.now();
    const direction = rows.map((_, row) => (row < gradients ? 1 : -1) / rows.length);
    const next = Array.from({ length: averages }, (_, average) =>
      rows.map((_, row) => (row === average ? 0.01 : row === gradients + average ? 0.99 : 0)),
    );
    const results = combinations(rows, gradients, () => [direction, ...next]) as tf.Tensor[][];
    const end = performance.now();
    rows.splice(0, gradients);
    rows.push(...results);

    for (let i = 0; i < gradients + averages; i++) {
      const product = byVariable.reduce((sum, gramian) => sum + gramian.at(i, gradients - 1), 0);
      expectNear(product, fillOf(i) * fillOf(gradients - 1) * parameters);
    }
    for (const [result, coefficients] of [direction, ...next].entries()) {
      const expected = coefficients.reduce((sum, c, row) => sum + c * fillOf(row), 0);
      for (const tensor of results[result]!) for (const x of ends(tensor)) expectNear(x, expected);
    }
    return { gram: between - start, map: end - between };
  } finally {
    tf.dispose(rows);
  }
}

/** The first element and the last. */
function ends(tensor: tf.Tensor): [number, number] {
  const values = (tf.backend() as BackendWasm).typedArrayFromHeap(tensor);
  return [values[0]!, values[tensor.size - 1]!];
}

function expectNear(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected)))
    throw new Error(`A pass over rows gave ${actual}, where ${expected} is right.`);
}

/** Milliseconds for each value of the growing number. */
async function grow(
  values: readonly number[],
  problem: (value: number) => Case,
): Promise<(Times & { at: number })[]> {
  const measured = [];
  for (const at of values) measured.push({ at, ...(await measure(problem(at))) });
  return measured;
}

function curve(
  name: string,
  measured: readonly (Times & { at: number })[],
  time: (times: Times) => number,
): Curve {
  return { name, points: measured.map((times) => [times.at, time(times)]) };
}

const both = ({ gram, map }: Times): number => gram + map;

function show(file: string, picture: Parameters<typeof renderCurvesSvg>[0]): void {
  if (!isShort) writeFileSync(new URL(`../results/${file}.svg`, import.meta.url), renderCurvesSvg(picture));
  console.log(`![${picture.title}](results/${file}.svg)\n`);
  const [first] = picture.curves;
  const rows = first!.points.map(([x], index) => [
    x.toLocaleString('en'),
    ...picture.curves.map(({ points }) => (points[index] ? digits(points[index][1]) : '')),
  ]);
  console.log(`${table([picture.x, ...picture.curves.map(({ name }) => name)], rows)}\n`);
}

tf.enableProdMode();
await startWasm();
console.log('## Growth of *gram* and *map*\n');

const sizes = [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8].slice(0, isShort ? 3 : undefined);
const bloopOf = (parameters: number): Case => ({ parameters, variables: 1, gradients: 2, averages: 1 });
const eightOf = (parameters: number): Case => ({ parameters, variables: 1, gradients: 8, averages: 0 });
const [two, eight] = [await grow(sizes, bloopOf), await grow(sizes, eightOf)];
show('growth-parameters', {
  title: 'gram and map: time against parameters',
  x: 'parameters',
  y: 'milliseconds',
  curves: [curve('2 gradients and an average', two, both), curve('8 gradients', eight, both)],
});

const parameters = isShort ? 1e4 : 1e6;
const counts = await grow([2, 4, 8, 16, 32], (gradients) => ({
  parameters,
  variables: 1,
  gradients,
  averages: 0,
}));
show('growth-rows', {
  title: `gram and map: time against gradients, ${parameters / 1e6} M parameters`,
  x: 'gradients',
  y: 'milliseconds',
  curves: [curve('gram', counts, ({ gram }) => gram), curve('map', counts, ({ map }) => map)],
});

const splits = await grow([1, 2, 5, 10, 20, 50, 100, 200, 500], (variables) => ({
  ...bloopOf(parameters),
  variables,
}));
show('growth-variables', {
  title: `gram and map: time against variables, ${parameters / 1e6} M parameters`,
  x: 'variables',
  y: 'milliseconds',
  curves: [curve('gram', splits, ({ gram }) => gram), curve('map', splits, ({ map }) => map)],
});
