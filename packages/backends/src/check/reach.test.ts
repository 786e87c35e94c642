import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('..', import.meta.url));

/**
 * The modules that a module loads: files of this package, and packages by name. `import type` is removed
 * before it runs.
 */
function importsOf(file: string, isLazyToo: boolean): string[] {
  const text = readFileSync(file, 'utf8').replace(/^(import|export) type [^;]*;/gm, '');
  const loaded = [...text.matchAll(/^(?:import|export|\}) ?(?:[^'";]*from )?'([^']+)'/gm)];
  const lazy = isLazyToo ? [...text.matchAll(/import\((?:\/\*.*?\*\/ )?'([^']+)'\)/g)] : [];
  return [...loaded, ...lazy].map(([, name]) => (name!.startsWith('.') ? join(dirname(file), name!) : name!));
}

function reachedFrom(file: string, isLazyToo: boolean): Set<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    if (name.startsWith(source)) importsOf(name, isLazyToo).forEach(visit);
  };
  visit(file);
  return reached;
}

test('the root loads no check before one is asked for', () => {
  const reached = reachedFrom(join(source, 'index.ts'), false);
  const own = [...reached].map((name) => name.slice(source.length));
  expect(own).toContain('index.ts');
  expect(own.filter((name) => /^(check|testing)\//.test(name))).toEqual([]);
});

test('a check needs neither Node nor anything of the tests', () => {
  const reached = [...reachedFrom(join(source, 'check/check.ts'), true)];
  expect(reached).toContain(join(source, 'testing/kernels/images.ts'));
  expect(reached).toContain(join(source, 'webgpu/adapter.ts'));
  const packages = reached.filter((name) => !name.startsWith(source)).sort();
  // Dawn is loaded in Node only.
  expect(packages.filter((name) => name !== 'webgpu')).toEqual([
    '@scalpel/core',
    '@scalpel/core/nearest',
    '@scalpel/core/rows',
    '@tensorflow/tfjs-backend-wasm',
    '@tensorflow/tfjs-backend-webgpu',
    '@tensorflow/tfjs-core',
  ]);
});
