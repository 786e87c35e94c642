import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Certificate, GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import { bias, projecting, three, trainer, values } from '../testing/three-objectives.ts';

declare const console: { warn(message: string): void };
let warnings: string[];

beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((message) => warnings.push(message));
});

afterEach(() => vi.restoreAllMocks());

test('a report as JSON tells all that the report does', async () => {
  const subject = trainer({ combiner: projecting });
  const report = await subject.step(1);
  const { cosines, ...rest } = report;
  const rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => cosines!.at(i, j)));
  expect(JSON.parse(JSON.stringify(report))).toEqual({ ...rest, cosines: rows });
  expect(rows[0]).not.toEqual([1, 0, 0]);
});

test('a step that was left out says why in JSON too', async () => {
  const broken = { ...three[1]!, loss: () => tf.mul(tf.sum(bias), Number.NaN) };
  const subject = trainer({ objectives: [three[0]!, broken], onNonFinite: 'skip' });
  const { skipped } = JSON.parse(JSON.stringify(await subject.step(1)));
  expect(skipped).toEqual({
    step: 0,
    objective: 'second',
    example: null,
    variable: null,
    message: expect.stringContaining('Step 0: the loss of objective "second" is not finite.'),
  });
});

test.each([
  ['SGD', () => tf.train.sgd(0.125)],
  ['Adam', () => tf.train.adam(0.125)],
] as const)('the learning rate is that of the step: %s', async (_, make) => {
  const rates = [0.5, 0, 0.25];
  const scheduled = trainer({ optimizer: make(), schedule: (step) => rates[step]! });
  for (const rate of rates) expect((await scheduled.step(1)).learningRate).toBe(rate);
  expect((await trainer({ optimizer: make() }).step(1)).learningRate).toBe(0.125);
  const absent = three.map((objective) => ({ ...objective, loss: () => null }));
  expect((await trainer({ optimizer: make(), objectives: absent }).step(1)).learningRate).toBeNull();
});

test("an optimizer of one's own may have no learning rate", async () => {
  class Halving extends tf.Optimizer {
    static readonly className = 'Halving';
    applyGradients(gradients: tf.NamedTensorMap) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const variable = tf.engine().registeredVariables[name]!;
        tf.tidy(() => variable.assign(tf.sub(variable, tf.div(gradient, 2))));
      }
    }
    override getConfig = () => ({});
  }
  const before = values();
  const report = await trainer({ optimizer: new Halving() }).step(1);
  expect(report).toMatchObject({ learningRate: null, updated: true });
  expect(values()).not.toEqual(before);
});

test('an answer that nobody vouches for is said once, and is in every report', async () => {
  const certificates: Certificate[] = [
    { solved: true, residual: 1e-9 },
    { solved: false, residual: 0.5, note: 'no convergence' },
    { solved: false, residual: 0.25, note: 'no convergence again' },
  ];
  const unsure: GramianCombiner = {
    name: 'unsure',
    needs: 'gramian',
    combine: ({ rows, step }) => ({ coefficients: rows.map(() => 0), certificate: certificates[step]! }),
  };
  const subject = trainer({ combiner: unsure });
  for (const certificate of certificates) expect((await subject.step(1)).certificate).toEqual(certificate);
  expect(warnings).toEqual([
    'Step 1: the combiner unsure cannot vouch for its answer (no convergence), which is that of its fallback. ' +
      "This is said once: see `certificate` in every step's report.",
  ]);
});

test('of several groups, the report has the certificate of the weakest', async () => {
  let group = 0;
  const unsure: GramianCombiner = {
    name: 'unsure',
    needs: 'gramian',
    combine: ({ rows }) => ({
      coefficients: rows.map(() => 0),
      certificate: { solved: group++ !== 1, residual: 0 },
    }),
  };
  const report = await trainer({ combiner: perLayer(unsure) }).step(1);
  expect(report.groups.map(({ certificate }) => certificate?.solved)).toEqual([true, false]);
  expect(report.certificate?.solved).toBe(false);
  expect(warnings).toHaveLength(1);
});
