import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GramianCombiner } from '../combiner.ts';
import {
  bias,
  gradientsByHand,
  kernel,
  projecting,
  three,
  trainer,
  values,
} from '../testing/three-objectives.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { clipped } from './clipped.ts';
import { perGroup, type VariableGroups } from './per-group.ts';
import { perLayer } from './per-layer.ts';

const sum: GramianCombiner = {
  name: 'sum',
  needs: 'gramian',
  combine: ({ gramian }) => ({ coefficients: Array.from({ length: gramian.size }, () => 1) }),
};

const names = ['encoder/a/kernel', 'encoder/a/bias', 'left/kernel', 'right/kernel', 'scale'];
const groupsOf = (groups: VariableGroups, variables = names) => perGroup(sum, groups).groups!(variables);

describe('groups', () => {
  test('by what names begin with, in the order of the record', () => {
    expect(groupsOf({ heads: ['left/', 'right/'], encoder: 'encoder/', own: 'scale' })).toEqual([
      1, 1, 0, 0, 2,
    ]);
  });

  test('the longest beginning decides, whatever the order; an empty one is for the rest', () => {
    expect(groupsOf({ rest: '', bias: 'encoder/a/b', encoder: 'encoder/' })).toEqual([2, 1, 0, 0, 0]);
  });

  test('by a function, in the order in which they first appear', () => {
    expect(groupsOf((name) => name.split('/').at(-1)!)).toEqual([0, 1, 0, 0, 2]);
  });
});

describe('refused:', () => {
  test.each<readonly [string, VariableGroups, string]>([
    [
      'a variable in no group',
      { encoder: 'encoder/', heads: ['left/', 'right/'] },
      'perGroup: the variable "scale" is in no group: its name begins with none of "encoder/", "left/", "right/".',
    ],
    [
      'a beginning that no name has, with the one that was meant',
      { encoder: 'encodr/', rest: '' },
      'perGroup: "encodr/" of group "encoder" decides for no variable: no name begins with it, or each has a longer beginning. Did you mean "encoder/"?',
    ],
    [
      'a beginning that never decides',
      { encoder: 'encoder/', deep: 'encoder/a/', rest: '' },
      '"encoder/" of group "encoder" decides for no variable',
    ],
    ['no groups', {}, 'perGroup: there are no groups.'],
    ['a group that is no text', { encoder: 5 as never }, 'perGroup: group "encoder" has 5, but must have'],
    ['groups that are nothing', undefined as never, 'perGroup: there are no groups.'],
    [
      'a function without an answer',
      (name) => (name === 'scale' ? (undefined as never) : 'a'),
      'perGroup: the function answers with undefined for the variable "scale". Give the name of its group.',
    ],
  ])('%s', (_, groups, message) => {
    expect(() => groupsOf(groups)).toThrow(message);
  });

  test('groups inside of others, or of another wrapper', () => {
    expect(() => perGroup(perLayer(sum), { all: '' })).toThrow('put perLayer or perGroup outermost');
    expect(() => clipped(perGroup(sum, { all: '' }), { norm: 1 })).toThrow(
      'put perLayer or perGroup outermost',
    );
  });
});

describe('in training', () => {
  test('each group is answered as if it were alone, with a memory and remembered rows of its own', async () => {
    const subject = trainer({ combiner: perGroup(projecting, (name) => name) });
    const engines = [0, 1].map(() =>
      createVectorEngine({ combiner: { ...projecting }, objectives: three, seed: 7 }),
    );
    for (const batch of [1, 0.5]) {
      const before = values();
      const report = await subject.step(batch);
      const rows = gradientsByHand(before, batch);
      expect(report.groups).toHaveLength(2);
      for (const [group, engine] of engines.entries()) {
        const own = rows.map((g) => (group === 0 ? g.slice(0, 6) : g.slice(6)));
        const expected = engine.step({ batches: [own] }).coefficients;
        const known = expected.length - 1;
        for (const [i, c] of report.groups[group]!.coefficients.slice(0, known).entries()) {
          expect(c).toBeCloseTo(expected[i]!, 4);
        }
      }
    }
    subject.dispose();
  });

  test('one group for all is the combiner itself, and checkpoints go on bit for bit', async () => {
    const [matrix, vector] = [kernel.dataSync().slice(), bias.dataSync().slice()];
    const run = async (combiner: GramianCombiner<number>, interrupted: boolean) => {
      kernel.assign(tf.tensor2d(matrix, [2, 3]));
      bias.assign(tf.tensor1d(vector));
      const start = trainer({ combiner });
      for (let step = 0; step < 3; step++) await start.step(0.25);
      const saved = await start.checkpoint();
      let last = start;
      if (interrupted) {
        start.dispose();
        last = trainer({ combiner });
        await last.restore(saved);
      }
      for (let step = 0; step < 3; step++) await last.step(0.5);
      const reached = values();
      last.dispose();
      return reached;
    };
    const plain = await run(projecting, false);
    expect(await run(perGroup(projecting, { all: '' }) as GramianCombiner<number>, false)).toEqual(plain);
    const grouped = perGroup(projecting, (name) => name) as GramianCombiner<number>;
    expect(await run(grouped, true)).toEqual(await run(grouped, false));
  });

  test('a group without variables stops the trainer before any step', () => {
    expect(() => trainer({ combiner: perGroup(sum, { encoder: 'encoder/', rest: '' }) })).toThrow(
      'perGroup: "encoder/" of group "encoder" decides for no variable',
    );
  });
});
