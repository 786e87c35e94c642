/**
 * Microseconds from a Gramian of eight gradients to coefficients: our combiners and the weightings of TorchJD (Python), on the same matrices in one run, by turns.
 *
 *     node benchmarks/peers/combine.ts
 *
 * Python is `SCALPEL_PYTHON`, or python3. PyTorch comes from wherever you have it (1.13 is enough); the rest into an environment of its own:
 *
 *     python3 -m venv --system-site-packages .scalpel/peers
 *     .scalpel/peers/bin/pip install -r benchmarks/peers/requirements.txt
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/combine.ts
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { plugin } from '@scalpel/baselines';
import { checkOptions, type GramianCombiner, normal, randomFrom, SymmetricMatrix } from '@scalpel/core';

const METHODS = [
  'mgda',
  'pcgrad',
  'gradvac',
  'cagrad',
  'imtl-g',
  'fairgrad',
  'aligned-mtl',
  'dualproj',
  'upgrad',
  'krum',
  'cr-mogm',
];
const ROWS = 8;
const ROUNDS = 5;

/** Gramians of eight gradients: independent, dependent, pulling against each other, and of lengths from 1e-3 to 1e4. */
function gramians(): SymmetricMatrix[] {
  const random = randomFrom(8);
  const rows = (width: number) =>
    Array.from({ length: ROWS }, () => Array.from({ length: width }, () => normal(random)));
  return [0, 1, 2, 3].flatMap(() => {
    const independent = rows(20);
    const factors = rows(4);
    const basis = rows(20).slice(0, 4);
    const dependent = factors.map((row) =>
      basis[0]!.map((_, entry) => row.reduce((sum, x, i) => sum + x * basis[i]![entry]!, 0)),
    );
    const together = rows(4).map((row) => [...row, 0.5]);
    const scaled = rows(20).map((row, i) => row.map((x) => x * 10 ** (i - 3)));
    return [independent, dependent, together, scaled].map((matrix) => SymmetricMatrix.gramian(matrix));
  });
}

/** Median microseconds of a call on each matrix. */
function ours(method: string, matrices: readonly SymmetricMatrix[]): number[] {
  const { create, options } = plugin.combiners!.find(({ id }) => id === method)!;
  const combiner = create(checkOptions(method, options, {}) as never) as GramianCombiner;
  const setup = {
    rows: Array.from({ length: ROWS }, (_, row) => ({ objective: `objective ${row}`, level: 0, batch: 0 })),
    levels: 1,
  };
  const memory = combiner.init?.(setup);
  return matrices.map((gramian) => {
    const call = (step: number) =>
      combiner.combine({
        setup,
        rows: setup.rows,
        losses: setup.rows.map(() => 1),
        gramian,
        precision: 1e-16,
        step,
        epoch: 0,
        random: randomFrom(0, step),
        memory,
      });
    call(0);
    const times = [1, 2, 3].map((step) => {
      const start = performance.now();
      call(step);
      return (performance.now() - start) * 1000;
    });
    return median(times);
  });
}

/** The peers' process, which answers a line with a line. */
async function startPeers(matrices: readonly SymmetricMatrix[]) {
  const python = process.env.SCALPEL_PYTHON ?? 'python3';
  const child = spawn(python, [new URL('combine.py', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  child.stdin.on('error', () => {}); // It may end before it has read everything; the answers tell.
  await started(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: unknown): Promise<Record<string, unknown> | null> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    return done ? null : JSON.parse(value);
  };
  const range = [...Array(ROWS).keys()];
  const versions = await ask(matrices.map((matrix) => range.map((i) => range.map((j) => matrix.at(i, j)))));
  if (versions === null) throw new Error(complaints.trim().split('\n').at(-1));
  return { ask, versions, end: () => child.stdin.end() };
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

const matrices = gramians();
let peers: Awaited<ReturnType<typeof startPeers>>;
try {
  peers = await startPeers(matrices);
} catch (error) {
  console.log(
    `Skipped: Python with PyTorch and TorchJD is not here (${(error as Error).message}). The head of this file says how to install it, without touching anything else.`,
  );
  process.exit(0);
}

// The first round warms both sides up and does not count.
const figures = new Map(METHODS.map((method) => [method, { ours: [] as number[], theirs: [] as number[] }]));
const failures = new Map<string, string>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const method of METHODS) {
    const own = ours(method, matrices);
    const answer = await peers.ask(method);
    if (answer === null || typeof answer.error === 'string') {
      failures.set(method, (answer?.error as string | undefined) ?? 'the process ended');
      continue;
    }
    if (round === 0) continue;
    figures.get(method)!.ours.push(median(own));
    figures.get(method)!.theirs.push(median(answer.microseconds as number[]));
  }
}
peers.end();

const { torch, python } = peers.versions;
console.log(
  `${ROWS} gradients, ${matrices.length} Gramians, medians of ${ROUNDS} rounds by turns; microseconds`,
);
console.log(
  `Node ${process.versions.node}; TorchJD on PyTorch ${torch}, Python ${python}; ${cpus()[0]!.model}\n`,
);
console.log(`${'method'.padEnd(14)}${'ours'.padStart(9)}${'TorchJD'.padStart(11)}${'ratio'.padStart(9)}`);
const ratios: number[] = [];
for (const [method, { ours: own, theirs }] of figures) {
  if (own.length === 0) {
    console.log(`${method.padEnd(14)}  TorchJD failed: ${failures.get(method)}`);
    continue;
  }
  const ratio = median(theirs.map((time, round) => time / own[round]!));
  ratios.push(ratio);
  console.log(
    method.padEnd(14) +
      median(own).toFixed(1).padStart(9) +
      median(theirs).toFixed(1).padStart(11) +
      `${ratio.toFixed(1)} ×`.padStart(9),
  );
}
console.log(`\nMedian ratio over the methods: ${median(ratios).toFixed(1)} ×`);
