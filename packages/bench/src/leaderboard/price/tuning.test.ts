import { describe, expect, test } from 'vitest';
import { type Answer, planOf, recordsOf } from '../../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../../testing/priced.ts';
import { chosenSettings } from './choices.ts';
import { priceOf } from './price-of.ts';

/** The runs of seeds 10 and 11 choose, and those of seeds 0 to 2 are shown. */
function tuned(answer: Answer) {
  const [tuning, shown] = [
    [10, 11],
    [0, 1, 2],
  ].map((seeds) => planOf([pricedEntry([1, 2], { seeds })]));
  const [entry] = shown!.entries;
  const known = new Map(
    [tuning!, shown!].flatMap((plan) => recordsOf(plan, answer)).map((record) => [record.key, record]),
  );
  const methods = entry!.methods.map((method, index) => ({
    ...method,
    points: method.points.map((point, place) => ({
      ...point,
      tuning: tuning!.entries[0]!.methods[index]!.points[place]!.runs,
    })),
  }));
  const whole = {
    ...entry!,
    methods,
    tuning: { trials: 2, seeds: [10, 11], rate: { from: 0.5, to: 2, scale: 'log' } as const },
  };
  const price = priceOf(whole, known);
  return {
    entry: whole,
    known,
    price,
    ours: price?.state === 'priced' ? price.methods[1]!.prices.at(-1)! : null,
  };
}

const isTuning = (seed: number) => seed >= 10;
/** In tuning lambda 2 is the best; on the seeds that are shown it is the worst. */
const turned = answerOf((spec, lambda) =>
  methodOf(spec) === 'Alone' ? [1, 9] : [1, isTuning(spec.seed) ? 3 - lambda : lambda],
);

describe('tuning seeds', () => {
  test('choose, and the others are shown', () => {
    const { price, ours } = tuned(turned);
    expect(price).toMatchObject({ seeds: { chosen: [10, 11], shown: [0, 1, 2] } });
    expect(ours).toMatchObject({
      setting: 'lambda 2',
      chosenBy: [1, 1],
      auxiliary: { value: 2, interval: { samples: 3 } },
    });
  });

  test('a chosen setting that fails on seeds that are shown keeps its place, with their number', () => {
    const failing: Answer = (spec, lambda) =>
      methodOf(spec) === 'Ours' && lambda === 2 && spec.seed < 2
        ? { state: 'failed', reason: 'gone' }
        : turned(spec, lambda);
    expect(tuned(failing).ours).toMatchObject({
      setting: 'lambda 2',
      verdict: { state: 'failed', runs: 2, of: 3 },
      auxiliary: null,
      gain: null,
      besideMixing: null,
    });
  });

  test('only chosen settings and main alone need runs on the seeds that are shown', () => {
    const begun = tuned((spec, lambda) => (isTuning(spec.seed) ? turned(spec, lambda) : null));
    expect(begun.price).toMatchObject({ reason: expect.stringContaining('Runs of Alone are still to do') });
    const needed = [
      { method: 'Alone', setting: '' },
      { method: 'Plain', setting: 'lambda 2' },
      { method: 'Ours', setting: 'lambda 2' },
    ];
    expect(chosenSettings(begun.entry, begun.known)).toEqual(needed);
    const some = tuned((spec, lambda) =>
      isTuning(spec.seed) || methodOf(spec) === 'Alone' || (lambda === 2 && spec.seed < 2)
        ? turned(spec, lambda)
        : null,
    );
    expect(some.ours!.verdict).toEqual({ state: 'to do', runs: 1, of: 3 });
    const all = tuned((spec, lambda) =>
      isTuning(spec.seed) || methodOf(spec) === 'Alone' || lambda === 2 ? turned(spec, lambda) : null,
    );
    expect(all.ours).toMatchObject({ verdict: { state: 'within budget' }, auxiliary: { value: 2 } });
  });

  test('nothing is needed while nothing can be chosen', () => {
    const none = tuned(() => null);
    expect(chosenSettings(none.entry, none.known)).toEqual([]);
  });
});
