import type { Program } from './programs.ts';

/** All programs, for a bundle that is one file. See `tools/portable/build`. */
const programs: Readonly<Record<`program:${Program}`, () => Promise<unknown>>> = {
  'program:worker': () => import('./worker.ts'),
  'program:measure': () => import('./measure.ts'),
  'program:check': () => import('./check.ts'),
};

const [, , name = ''] = process.argv;
if (Object.hasOwn(programs, name)) {
  process.argv.splice(2, 1);
  await programs[name as keyof typeof programs]();
} else {
  await import('./main.ts');
}
