/**
 * The pictures of docs/concepts.md. Arrows are answers of the combiners themselves.
 *
 *     node docs/pictures/make.ts      writes them anew
 */
import { writeFileSync } from 'node:fs';
import { averages } from './averages.ts';
import { levels } from './levels.ts';
import { strength } from './strength.ts';

export const pictures: Readonly<Record<string, () => string>> = {
  'averages.svg': averages,
  'levels.svg': levels,
  'strength.svg': strength,
};

if (import.meta.main) {
  for (const [name, draw] of Object.entries(pictures)) writeFileSync(new URL(name, import.meta.url), draw());
}
