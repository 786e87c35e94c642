/**
 * Compiles the AssemblyScript beside this file into the TypeScript files that carry their WebAssembly:
 *
 *     pnpm --filter @scalpel/backends assembly
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = import.meta.dirname;

/** Each source beside this file, with the file for its WebAssembly. */
export const modules: Readonly<Record<string, string>> = Object.fromEntries(
  ['adam', 'blocks', 'elementary', 'half', 'max-pooling', 'product', 'rows', 'sums'].map((name) => [
    `${name}.as`,
    join(folder, `../src/wasm/modules/${name}-module.ts`),
  ]),
);

/** The text of the TypeScript file that carries the module. */
export async function compiled(source: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'scalpel-assembly-'));
  const output = join(scratch, 'module.wasm');
  const flags =
    '--runtime stub --importMemory --use abort= --noAssert --enable simd --enable bulk-memory -O3';
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'));
  // The compiler wants the extension `.ts`. In this repository other tools would treat such files as
  // TypeScript.
  await copyFile(join(folder, source), join(scratch, 'module.ts'));
  await promisify(execFile)(
    process.execPath,
    [compiler, 'module.ts', '--outFile', output, ...flags.split(' ')],
    {
      cwd: scratch,
    },
  );
  const lines = (await readFile(output)).toString('base64').match(/.{1,100}/g)!;
  await rm(scratch, { recursive: true });
  return [
    `// Compiled from assembly/${source} by \`pnpm --filter @scalpel/backends assembly\`.`,
    '',
    '/** A WebAssembly module in base64. */',
    'export const module: string = `',
    ...lines,
    '`;',
    '',
  ].join('\n');
}

if (import.meta.main) {
  for (const [source, target] of Object.entries(modules)) await writeFile(target, await compiled(source));
}
