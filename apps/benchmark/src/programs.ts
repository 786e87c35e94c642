import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** In the workspace the program is TypeScript; installed from a package, JavaScript beside its manifest; bundled for another machine, one file of modules. */
const ending = extname(import.meta.filename);

/** Bundled, all modules are one file, and what is not a module lies beside it. */
export const bundled: boolean = ending === '.mjs';

/** The folder that holds `benchmarks/`: the clone's or the bundle's, wherever the command was started from. An installed program has none: the current folder. */
export const root: string = bundled
  ? import.meta.dirname
  : ending === '.ts'
    ? join(import.meta.dirname, '../../..')
    : process.cwd();

/** Of this program. */
export function version(): string {
  const manifest = join(import.meta.dirname, bundled ? '.' : '..', 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** What a process of its own runs: a worker of a sweep, or a measurement or a check of doctor. */
export type Program = 'worker' | 'measure' | 'check';

/** The file of a program, and the arguments that come before its own. */
export function programOf(program: Program): {
  readonly file: string;
  readonly arguments: readonly string[];
} {
  return bundled
    ? { file: import.meta.filename, arguments: [`program:${program}`] }
    : { file: join(import.meta.dirname, program + ending), arguments: [] };
}
