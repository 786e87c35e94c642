import { join } from 'node:path';

/** Bundled, all modules are one file, and what is not a module lies beside it. */
export const bundled: boolean = !import.meta.filename.endsWith('.ts');

/** The folder that holds `benchmarks/`, wherever the command was started from. */
export const root: string = bundled ? import.meta.dirname : join(import.meta.dirname, '../../..');

/** What a process of its own runs: a worker of a sweep, or a measurement or a check of doctor. */
export type Program = 'worker' | 'measure' | 'check';

/** The file of a program, and the arguments that come before its own. */
export function programOf(program: Program): {
  readonly file: string;
  readonly arguments: readonly string[];
} {
  return bundled
    ? { file: import.meta.filename, arguments: [`program:${program}`] }
    : { file: join(import.meta.dirname, `${program}.ts`), arguments: [] };
}
