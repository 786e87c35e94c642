import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/**
 * The ending of this file: TypeScript in the workspace, JavaScript in an installed package, and one file of
 * modules in a bundle for another machine.
 */
const ending = extname(import.meta.filename);

/** True in a bundle: all modules are one file, and other files are beside it. */
export const bundled: boolean = ending === '.mjs';

/**
 * The folder that holds `benchmarks/`: that of the clone or the bundle, in whatever folder the command
 * starts. An installed program has none and uses the current folder.
 */
export const root: string = bundled
  ? import.meta.dirname
  : ending === '.ts'
    ? join(import.meta.dirname, '../../..')
    : process.cwd();

/** The version of this program. */
export function version(): string {
  const manifest = join(import.meta.dirname, bundled ? '.' : '..', 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** A program for a separate process: a worker of a sweep, or a measurement or check for doctor. */
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
