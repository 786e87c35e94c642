import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { type HeatMap, heatMapsOf, leastAt, slopeOf } from '../leaderboard/heat-map.ts';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import type { RunSpec } from '../plan/spec.ts';
import type { SuiteEntry, SuiteMap } from '../plan/suite.ts';
import { renderHeatMapSvg } from '../plots/heat-map.ts';
import { type Answer, planOf, recordsOf } from '../testing/leaderboard.ts';
import { toySuite } from '../testing/suite.ts';
import { renderHtml } from './page.ts';

const RATES = [0.1, 0.2, 0.4, 0.8];
const LAMBDA = [0.1, 0.3, 1, 3, 10];
const map: SuiteMap = { method: 'Ours', across: 'rate', up: 'lambda', objective: 'main', exponent: 0.5 };

const entries = RATES.flatMap(
  (rate): readonly SuiteEntry[] =>
    toySuite({
      title: `Rate ${rate}`,
      options: { rate },
      methods: [
        { label: 'Ours', combiner: 'weighted', sweep: { lambda: LAMBDA } },
        { label: 'Other', combiner: 'other' },
      ],
    }).entries,
);
const plan = planOf(entries, [map]);
const rateOf = ({ task }: RunSpec) => (task.options as { rate: number }).rate;

/** The valley of each seed is λ = 2 · rate to the power of its exponent. */
const valley =
  (...exponents: readonly number[]): Answer =>
  (spec, lambda) => ({
    'train/main': Math.exp(Math.log(lambda / (2 * rateOf(spec) ** exponents[spec.seed]!)) ** 2),
    'train/side': 1,
  });

const mapOf = (answer: Answer): HeatMap => heatMapsOf(plan, recordsOf(plan, answer))[0]!;

describe('a heat map', () => {
  test('has a cell for each pair of values, with the mean over the seeds', () => {
    const { cells } = mapOf((spec, lambda) => ({
      'train/main': rateOf(spec) * lambda + spec.seed,
      'train/side': 1,
    }));
    expect(cells).toHaveLength(RATES.length * LAMBDA.length);
    for (const { across, up, value } of cells) expect(value).toBeCloseTo(across * up + 0.5, 12);
  });

  test('finds a valley that is a power of the value across, and the power seed by seed', () => {
    const same = mapOf(valley(0.7, 0.7));
    expect(same.valley.map(([x]) => x)).toEqual(RATES);
    for (const [x, y] of same.valley) expect(y / (2 * x ** 0.7)).toBeCloseTo(1, 10);
    expect(same.slope!.value).toBeCloseTo(0.7, 10);
    const two = mapOf(valley(0.6, 0.8)).slope!;
    expect(two.value).toBeCloseTo(0.7, 10);
    expect(two.interval!.low).toBeLessThan(0.6);
    expect(two.interval!.high).toBeGreaterThan(0.8);
  });

  test('knows no valley at the edge, and no slope where a seed has too little of it', () => {
    const falling = mapOf((_, lambda) => ({ 'train/main': 1 / lambda, 'train/side': 1 }));
    expect(falling).toMatchObject({ valley: [], slope: null });
    const half = mapOf((spec, lambda) =>
      spec.seed === 0 ? { 'train/main': lambda, 'train/side': 1 } : valley(0.5, 0.5)(spec, lambda),
    );
    expect(half.slope).toBeNull();
  });

  test('shows that there is no result where a seed has none', () => {
    const broken = mapOf((spec, lambda) =>
      spec.seed === 1 && lambda === 10
        ? { state: 'diverged', step: 3, reason: 'too long' }
        : valley(0.5, 0.5)(spec, lambda),
    );
    expect(broken.cells.filter(({ value }) => value === null).map(({ up }) => up)).toEqual([10, 10, 10, 10]);
    expect(renderHeatMapSvg(broken).match(/no result/g)).toHaveLength(4);
  });

  test('is left out where there is but one column', () => {
    const one = planOf(entries.slice(0, 1), [map]);
    expect(heatMapsOf(one, [])).toEqual([]);
  });
});

test('the least of a parabola in logarithms is found exactly, and never beyond its neighbours', () => {
  const ups = [0.01, 0.02, 0.05, 0.1];
  for (const least of [0.015, 0.02, 0.03, 0.06]) {
    const found = leastAt(
      ups,
      ups.map((up) => 3 * Math.exp(0.4 * Math.log(up / least) ** 2)),
    );
    expect(found! / least).toBeCloseTo(1, 10);
  }
  expect(leastAt(ups, [2, 1, 1, 2])).toBeGreaterThan(0.02);
  expect(leastAt(ups, [2, 1, 1, 2])).toBeLessThan(0.05);
  expect(leastAt(ups, [1, 1, 1, 1])).toBeNull();
  expect(leastAt(ups, [2, 1, Number.NaN, 2])).toBeNull();
  expect(leastAt(ups, [2, 0, 1, 2])).toBeNull();
});

test('a slope needs three points', () => {
  const power = [1, 2, 5].map((x): [number, number] => [x, 7 * x ** -1.5]);
  expect(slopeOf(power)).toBeCloseTo(-1.5, 12);
  expect(slopeOf(power.slice(1))).toBeNull();
});

describe('its picture', () => {
  const svg = renderHeatMapSvg(mapOf(valley(0.5, 0.5)));
  const { document } = parseHTML(svg);

  test('has every cell, the valley, the line of the theory, and says both exponents', () => {
    expect(document.querySelectorAll('[aria-label="rect"] rect')).toHaveLength(RATES.length * LAMBDA.length);
    expect(document.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(RATES.length);
    expect(document.querySelectorAll('[aria-label="line"] path')).toHaveLength(1);
    expect(document.documentElement.textContent).toContain(
      'best lambda ∝ rate^(0.5 ± 0), dots; theory: exponent 0.5, dashed',
    );
  });

  test('draws the line through the valley where they have the same exponent', () => {
    const [, x1, y1, x2, y2] = document
      .querySelector('[aria-label="line"] path')!
      .getAttribute('d')!
      .match(/M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)/)!
      .map(Number);
    for (const dot of document.querySelectorAll('[aria-label="dot"] circle')) {
      const [x, y] = ['cx', 'cy'].map((name) => Number(dot.getAttribute(name)));
      expect(y).toBeCloseTo(y1! + ((x! - x1!) / (x2! - x1!)) * (y2! - y1!), 0);
    }
  });

  test('holds numbers only, also without a valley', () => {
    const falling = renderHeatMapSvg(mapOf((_, lambda) => ({ 'train/main': 1 / lambda, 'train/side': 1 })));
    for (const drawn of [svg, falling]) expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('stands on the page', () => {
    const records = recordsOf(plan, valley(0.5, 0.5));
    const page = renderHtml(createLeaderboard(plan, records), [], heatMapsOf(plan, records));
    expect(page).toContain(svg);
  });
});

test('a suite whose map names an option that is not there, or not a number, is refused', () => {
  const plans = (changes: Partial<SuiteMap>) => () => planOf(entries, [{ ...map, ...changes }]);
  expect(planOf(entries).maps).toEqual([]);
  expect(plans({ across: 'trouble' })).toThrow(
    'Suite "toys", map of Ours: option trouble of toy is "none", but must be a positive number.',
  );
  expect(plans({ up: 'rho' })).toThrow('option rho of weighted is undefined');
  expect(plans({ objective: 'third' })).toThrow('third is not one of the axes of task "toy".');
});
