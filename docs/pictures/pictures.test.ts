import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COLORS } from './drawing.ts';
import { pictures } from './make.ts';

const folder = new URL('.', import.meta.url);

test('every picture is made by the script', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.svg'));
  expect(files.sort()).toEqual(Object.keys(pictures).sort());
});

test.each(Object.entries(pictures))('%s is what the script makes', (name, draw) => {
  const committed = readFileSync(new URL(name, folder), 'utf8');
  expect(committed, 'Make it again: pnpm exec node docs/pictures/make.ts').toBe(draw());
});

/** Relative luminance and contrast as in WCAG 2.2. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const x = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

test.each(Object.entries(COLORS))('%s is readable on a light page and on a dark one', (_, color) => {
  const [white, dark] = ['#ffffff', '#0d1117'].map(luminance);
  expect((white! + 0.05) / (luminance(color) + 0.05)).toBeGreaterThan(4);
  expect((luminance(color) + 0.05) / (dark! + 0.05)).toBeGreaterThan(4);
});
